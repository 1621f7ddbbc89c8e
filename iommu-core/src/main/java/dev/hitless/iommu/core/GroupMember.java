package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device in its group, with what is in force behind each of its PASIDs. That is the group's attachment nearly always;
 * it is something else while the device recovers, and where a driver failed beyond what the core could put right. It is
 * what the driver is given as {@code old}, which must be exactly what is attached. Changed under the group's mutex; read
 * without it by snapshots.
 */
final class GroupMember {
    private final IommuDevice device;
    /** Absent: blocked. */
    private final Map<Pasid, IommuDomain> inForce = new ConcurrentHashMap<>();

    private final AtomicInteger recoveryDepth = new AtomicInteger();

    GroupMember(IommuDevice device) {
        this.device = device;
    }

    IommuDevice device() {
        return device;
    }

    boolean hasPasids() {
        return device.maxPasids() > 0;
    }

    IommuDomain inForce(Pasid pasid) {
        IommuDomain domain = inForce.get(pasid);
        return domain == null ? device.driver().blockedDomain() : domain;
    }

    /** PASIDs that are not blocked, requests without PASID included. A copy. */
    Set<Pasid> inUse() {
        return new TreeSet<>(inForce.keySet());
    }

    boolean isRecovering() {
        return recoveryDepth.get() > 0;
    }

    /** One more reason to keep the device blocked; true for the first. */
    boolean beginRecovery() {
        return recoveryDepth.getAndIncrement() == 0;
    }

    /** Whether one reason is left. */
    boolean isLastRecovery() {
        return recoveryDepth.get() == 1;
    }

    /** One reason less. */
    void endRecovery() {
        recoveryDepth.decrementAndGet();
    }

    /**
     * Has the driver put {@code target} behind {@code pasid}, in place of what is in force. No call is made when that is
     * {@code target} already, unless both are the blocked domain, which may be set over itself.
     *
     * @throws RuntimeException whatever the driver throws
     */
    void set(IommuDomain target, Pasid pasid) {
        IommuDomain old = inForce(pasid);
        if (isSame(old, target) && target.type() != DomainType.BLOCKED) {
            return;
        }
        try {
            target.setDevPasid(device, pasid, old);
        } catch (IommuException failure) {
            noteFence(pasid, failure.errno());
            throw failure;
        }
        if (target.type() == DomainType.BLOCKED) {
            inForce.remove(pasid);
        } else {
            inForce.put(pasid, target);
        }
    }

    /**
     * A driver that got no answer from its hardware may have fenced the PASID: it is blocked then, not on the old domain.
     * Only these two errors allow that, and the driver's own record tells.
     */
    private void noteFence(Pasid pasid, Errno errno) {
        boolean mayBeFenced = errno == Errno.EIO || errno == Errno.ETIMEDOUT;
        if (mayBeFenced && !device.driver().attachments(device).containsKey(pasid)) {
            inForce.remove(pasid);
        }
    }

    @SuppressWarnings("ReferenceEquality") // Domains are objects with an identity, not values.
    static boolean isSame(IommuDomain one, IommuDomain other) {
        return one == other;
    }
}
