package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.track.AttachmentTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A probed function: its DomainID, its GCR3 table, what is attached to it, and which of its abilities are on.
 *
 * <p>DomainID, GCR3 table and depth of v2 tables are its own for life. No other device has its DomainID, so no tag ever
 * stands for two GCR3 tables.
 */
final class AmdviDevice implements IommuDevice {
    private final AmdviDriver driver;
    private final DeviceDescription description;
    private final DeviceResources resources;
    private final AttachmentTable attachments;
    private final DriverLock lock;
    private final Map<Pasid, List<AmdviDomain>> lingering = new HashMap<>();
    private DeviceTableEntry entry = DeviceTableEntry.BLOCKED;
    private volatile boolean pasidEnabled;
    private volatile boolean atsEnabled;
    private volatile boolean priEnabled;
    private volatile boolean released;

    AmdviDevice(
            AmdviDriver driver,
            DeviceDescription description,
            DeviceResources resources,
            AttachmentTable attachments,
            DriverLock lock) {
        this.driver = driver;
        this.description = description;
        this.resources = resources;
        this.attachments = attachments;
        this.lock = lock;
    }

    @Override
    public DeviceDescription description() {
        return description;
    }

    @Override
    public IommuDriver driver() {
        return driver;
    }

    @Override
    public int maxPasids() {
        return resources.pasidBits() == 0 ? 0 : 1 << resources.pasidBits();
    }

    /** Serialises changes of its tables. Before the locks of domains, of the device registry and of the command buffer. */
    DriverLock lock() {
        return lock;
    }

    int domainId() {
        return resources.domainId();
    }

    /** Its GCR3 table; null on hardware without v2 tables. */
    @Nullable
    Gcr3Table gcr3() {
        return resources.gcr3();
    }

    AttachmentTable attachments() {
        return attachments;
    }

    /** What its device-table entries hold. */
    DeviceTableEntry entry() {
        return entry;
    }

    /** Notes what its device-table entries hold. */
    void noteEntry(DeviceTableEntry written) {
        entry = written;
    }

    /** An entry to which host translation is to be added; the guest path is off. */
    DeviceTableEntry hostEntry() {
        return guestEntry(true).withoutGuest();
    }

    /**
     * The entry with the guest path on.
     *
     * @param forRequestsWithoutPasid whether they take it, too, as PASID 0
     */
    DeviceTableEntry guestEntry(boolean forRequestsWithoutPasid) {
        return resources.guestEntry(forRequestsWithoutPasid);
    }

    /** Domains that may still be cached for {@code pasid} though they are not attached, since a change did not get through. */
    List<AmdviDomain> lingering(Pasid pasid) {
        return List.copyOf(lingering.getOrDefault(pasid, List.of()));
    }

    void addLingering(Pasid pasid, AmdviDomain domain) {
        lingering.computeIfAbsent(pasid, p -> new ArrayList<>()).add(domain);
    }

    /** A change got through: nothing lingers any more. */
    void settle(Pasid pasid) {
        List<AmdviDomain> settled = lingering.remove(pasid);
        if (settled != null) {
            settled.forEach(domain -> domain.leave(this, pasid));
        }
    }

    /** Switches on what is to be used, PASID before ATS before PRI (PCI Express asks for that order). */
    void enable() {
        if (resources.pasidBits() > 0) {
            description.function().setPasidEnabled(true);
            pasidEnabled = true;
        }
        if (resources.ats()) {
            description.function().setAtsEnabled(true);
            atsEnabled = true;
        }
        if (resources.pri()) {
            description.function().setPriEnabled(true);
            priEnabled = true;
        }
    }

    /** Switches off what is on, in the reverse order. */
    void disable() {
        boolean present = description.function().isPresent();
        if (priEnabled) {
            priEnabled = false;
            if (present) {
                description.function().setPriEnabled(false);
            }
        }
        if (atsEnabled) {
            atsEnabled = false;
            if (present) {
                description.function().setAtsEnabled(false);
            }
        }
        if (pasidEnabled) {
            pasidEnabled = false;
            if (present) {
                description.function().setPasidEnabled(false);
            }
        }
    }

    /** Whether it caches translations and can be told to forget them: ATS on, and still there. */
    boolean canBeInvalidated() {
        return atsEnabled && description.function().isPresent();
    }

    /** Whether it may send page requests. */
    boolean sendsPageRequests() {
        return priEnabled;
    }

    boolean isReleased() {
        return released;
    }

    void markReleased() {
        released = true;
    }

    @Override
    public String toString() {
        return name();
    }
}
