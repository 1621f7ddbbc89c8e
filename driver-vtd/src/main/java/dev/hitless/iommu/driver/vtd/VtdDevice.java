package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.track.AttachmentTable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A probed function: its PASID directory, what is attached to it, and which of its abilities are on. */
final class VtdDevice implements IommuDevice {
    private final VtdDriver driver;
    private final DeviceDescription description;
    private final int pasidBits;
    private final PasidDirectory directory;
    private final AttachmentTable attachments;
    private final DriverLock lock;
    private final Map<Pasid, InterruptedUpdate> interrupted = new HashMap<>();
    private volatile boolean pasidEnabled;
    private volatile boolean atsEnabled;
    private volatile boolean priEnabled;
    private volatile boolean released;

    /**
     * @param pasidBits width of PASIDs that device and IOMMU share; 0 for none
     * @param directory its PASID directory, not in use yet
     */
    VtdDevice(
            VtdDriver driver,
            DeviceDescription description,
            int pasidBits,
            PasidDirectory directory,
            AttachmentTable attachments,
            DriverLock lock) {
        this.driver = driver;
        this.description = description;
        this.pasidBits = pasidBits;
        this.directory = directory;
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
        return pasidBits == 0 ? 0 : 1 << pasidBits;
    }

    /** Serialises changes of the PASID table. Before the locks of domains, of the device registry and of the queue. */
    DriverLock lock() {
        return lock;
    }

    PasidDirectory directory() {
        return directory;
    }

    AttachmentTable attachments() {
        return attachments;
    }

    /** What an update of {@code pasid} left behind that did not get through, or null. */
    @Nullable
    InterruptedUpdate interruptedUpdate(Pasid pasid) {
        return interrupted.get(pasid);
    }

    /** Notes that an update of {@code pasid} did not get through, or with null that a later one did. */
    void noteInterruptedUpdate(Pasid pasid, @Nullable InterruptedUpdate update) {
        if (update == null) {
            interrupted.remove(pasid);
        } else {
            interrupted.put(pasid, update);
        }
    }

    /** Switches on what is to be used, PASID before ATS before PRI (PCI Express asks for that order). */
    void enable(boolean ats, boolean pri) {
        if (pasidBits > 0) {
            description.function().setPasidEnabled(true);
            pasidEnabled = true;
        }
        if (ats) {
            description.function().setAtsEnabled(true);
            atsEnabled = true;
        }
        if (pri) {
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
