package dev.hitless.iommu.driver.support.track;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import java.util.Map;
import java.util.TreeMap;

/**
 * The driver's own record of one device: which domain is behind which PASID. What is not recorded is blocked.
 *
 * <p>The core keeps such a record too; this one says what was really done to the hardware, so that the old domain can be
 * found, checked and unlinked without asking anybody.
 */
public final class AttachmentTable {
    private final String deviceName;
    private final IommuDomain blocked;
    private final DriverLock lock;
    private final Map<Pasid, IommuDomain> attached = new TreeMap<>();

    /** @param blocked the driver's static blocked domain; never recorded, it stands for "nothing" */
    public AttachmentTable(String deviceName, IommuDomain blocked, DriverLock lock) {
        this.deviceName = deviceName;
        this.blocked = blocked;
        this.lock = lock;
    }

    /** The domain behind {@code pasid}; the blocked domain if there is none. */
    public IommuDomain current(Pasid pasid) {
        lock.lock();
        try {
            return attached.getOrDefault(pasid, blocked);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks what a caller of {@code setDevPasid} says is attached.
     *
     * @throws IommuException EINVAL, naming both, if it is not
     */
    public void requireCurrent(Pasid pasid, IommuDomain old) {
        IommuDomain current = current(pasid);
        if (current != old) {
            throw new IommuException(
                    Errno.EINVAL,
                    deviceName + ", " + pasid + ": " + current.name() + " is attached, not " + old.name()
                            + ", which the caller wants replaced; pass the domain that is attached now");
        }
    }

    /** Records that {@code domain} is behind {@code pasid} now. Called when hardware has switched for good. */
    public void record(Pasid pasid, IommuDomain domain) {
        lock.with(() -> {
            if (domain == blocked) {
                attached.remove(pasid);
            } else {
                attached.put(pasid, domain);
            }
        });
    }

    /** All that is recorded. A copy, PASIDs in ascending order. */
    public Map<Pasid, IommuDomain> snapshot() {
        lock.lock();
        try {
            return new TreeMap<>(attached);
        } finally {
            lock.unlock();
        }
    }

    /** How many PASIDs, {@link Pasid#NONE} not counted, have a domain. */
    public int pasidsInUse() {
        lock.lock();
        try {
            return attached.size() - (attached.containsKey(Pasid.NONE) ? 1 : 0);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The device is released: warns of each domain that is still recorded. The driver blocks and {@link #record}s them
     * one by one, since they may be live in hardware.
     *
     * @return what is left, PASIDs in ascending order
     */
    public Map<Pasid, IommuDomain> warnOfLeftovers(EventSink events) {
        Map<Pasid, IommuDomain> left = snapshot();
        left.forEach((pasid, domain) -> events.warning(deviceName + " is released while " + domain.name()
                + " is attached to " + pasid + "; it is blocked now; detach before release"));
        return left;
    }
}
