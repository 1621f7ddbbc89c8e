package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.track.AttachmentTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A probed function: its context descriptors, what is attached to it, and which of its abilities are on. */
final class Smmuv3Device implements IommuDevice {
    private final Smmuv3Driver driver;
    private final DeviceDescription description;
    private final int pasidBits;
    private final boolean ats;
    private final @Nullable ContextTable contexts;
    private final AttachmentTable attachments;
    private final DriverLock lock;
    /** PASIDs whose last change did not get through, with the domains that may still be cached though not attached. */
    private final Map<Pasid, List<SmmuDomain>> interrupted = new HashMap<>();

    private volatile boolean pasidEnabled;
    private volatile boolean atsEnabled;
    private volatile boolean priEnabled;
    private volatile boolean released;

    /**
     * @param pasidBits width of PASIDs that device and SMMU share; 0 for none
     * @param ats whether the two share ATS
     * @param contexts its context descriptors; null without stage 1
     */
    Smmuv3Device(
            Smmuv3Driver driver,
            DeviceDescription description,
            int pasidBits,
            boolean ats,
            @Nullable ContextTable contexts,
            AttachmentTable attachments,
            DriverLock lock) {
        this.driver = driver;
        this.description = description;
        this.pasidBits = pasidBits;
        this.ats = ats;
        this.contexts = contexts;
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

    List<Integer> streamIds() {
        return description.requesterIds();
    }

    /** Serialises changes of this device. Before the locks of the stream table, of domains and of the queue. */
    DriverLock lock() {
        return lock;
    }

    /** Null without stage 1. */
    @Nullable
    ContextTable contexts() {
        return contexts;
    }

    AttachmentTable attachments() {
        return attachments;
    }

    /** Whether its stream table entries allow translation requests. */
    boolean usesAts() {
        return ats;
    }

    /** Whether S1DSS decides about requests without PASID, whatever PASIDs do. */
    boolean hasSubstreams() {
        return contexts != null && contexts.substreamBits() > 0;
    }

    /** What an update of {@code pasid} left behind that did not get through, or null if all did. */
    @Nullable
    List<SmmuDomain> interrupted(Pasid pasid) {
        return interrupted.get(pasid);
    }

    void noteInterrupted(Pasid pasid, List<SmmuDomain> lingering) {
        interrupted.put(pasid, List.copyOf(lingering));
    }

    void noteSettled(Pasid pasid) {
        interrupted.remove(pasid);
    }

    /** Switches on what is to be used, PASID before ATS before PRI (PCI Express asks for that order). */
    void enable(boolean pri) {
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
