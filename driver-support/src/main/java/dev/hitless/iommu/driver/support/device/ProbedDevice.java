package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.track.AttachmentTable;
import dev.hitless.iommu.driver.support.unit.DriverLocks;

/**
 * A probed function: what is attached to it, what is left of changes that did not get through, and its abilities.
 *
 * @param <D> domains of this driver
 */
public abstract class ProbedDevice<D extends AttachableDomain> implements IommuDevice {
    private final IommuDriver driver;
    private final DeviceDescription description;
    private final PciFeatures features;
    private final AttachmentTable attachments;
    private final DriverLock lock;
    private final InterruptedChanges<D> interrupted = new InterruptedChanges<>(this);
    private volatile boolean released;
    private volatile boolean forgotten;

    /** With nothing attached. The driver has its blocked domain by then. */
    protected ProbedDevice(IommuDriver driver, DeviceDescription description, PciFeatures features, DriverLocks locks) {
        this.driver = driver;
        this.description = description;
        this.features = features;
        this.attachments = new AttachmentTable(
                description.name(), driver.blockedDomain(), locks.create("attachments", description.name()));
        this.lock = locks.create("device", description.name());
    }

    @Override
    public final DeviceDescription description() {
        return description;
    }

    @Override
    public final IommuDriver driver() {
        return driver;
    }

    @Override
    public final int maxPasids() {
        return features.pasidBits() == 0 ? 0 : 1 << features.pasidBits();
    }

    /** Serialises changes of its entries. Before the locks of domains, of the device registry and of the command queue. */
    public final DriverLock lock() {
        return lock;
    }

    /** What it shares with its IOMMU. */
    public final PciFeatures features() {
        return features;
    }

    /** Which domain is behind which PASID. */
    public final AttachmentTable attachments() {
        return attachments;
    }

    /** Changes that did not get through. With {@link #lock} held. */
    public final InterruptedChanges<D> interrupted() {
        return interrupted;
    }

    /**
     * Throws unless there can be domains behind {@code pasid} at all.
     *
     * @throws IommuException EINVAL (released, PASID too wide), EOPNOTSUPP (no PASIDs)
     */
    public final void requirePasid(Pasid pasid) {
        if (released) {
            throw new IommuException(Errno.EINVAL, "device " + name() + " was released; probe it again");
        }
        if (pasid.isNone()) {
            return;
        }
        if (maxPasids() == 0) {
            throw new IommuException(
                    Errno.EOPNOTSUPP,
                    "device " + name() + ", " + pasid + ": the device or its IOMMU has no PASIDs; use " + Pasid.NONE);
        }
        if (pasid.value() >= maxPasids()) {
            throw new IommuException(
                    Errno.EINVAL,
                    "device " + name() + ", " + pasid + ": its PASIDs are below 0x" + Integer.toHexString(maxPasids()));
        }
    }

    boolean isReleased() {
        return released;
    }

    /** Whether hardware has forgotten it, and nothing that it had of its own is there any more. */
    public final boolean isForgotten() {
        return forgotten;
    }

    void markForgotten() {
        forgotten = true;
    }

    /** From now on nothing can be attached, and nothing is on. */
    void switchOff() {
        lock.with(() -> {
            released = true;
            features.disable();
        });
    }

    @Override
    public final String toString() {
        return name();
    }
}
