package dev.hitless.iommu.driver.support.track;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
    /** What was attached to PASIDs that had to be fenced: the caller does not know any better. */
    private final Map<Pasid, IommuDomain> fenced = new TreeMap<>();

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
     * Checks what a caller of {@code setDevPasid} says is attached: what is, or what was when the PASID had to be fenced.
     *
     * @throws IommuException EINVAL, naming both, if it is not
     */
    public void requireCurrent(Pasid pasid, IommuDomain old) {
        IommuDomain current = current(pasid);
        if (current != old && old != believed(pasid)) {
            throw new IommuException(
                    Errno.EINVAL,
                    deviceName + ", " + pasid + ": " + current.name() + " is attached, not " + old.name()
                            + ", which the caller wants replaced; pass the domain that is attached now");
        }
    }

    private @Nullable IommuDomain believed(Pasid pasid) {
        lock.lock();
        try {
            return fenced.get(pasid);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that {@code pasid} is blocked, by the driver itself, since hardware stopped in the middle of a change. The
     * caller was told that the change has failed, and goes on to believe in what was attached before.
     */
    public void fence(Pasid pasid) {
        lock.with(() -> {
            IommuDomain before = attached.remove(pasid);
            if (before != null) {
                fenced.put(pasid, before);
            }
        });
    }

    /** Records that {@code domain} is behind {@code pasid} now. Called when hardware has switched for good. */
    public void record(Pasid pasid, IommuDomain domain) {
        lock.with(() -> {
            fenced.remove(pasid);
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
