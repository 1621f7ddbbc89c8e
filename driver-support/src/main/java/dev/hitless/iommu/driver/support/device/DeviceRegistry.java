package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The devices behind one IOMMU, by requester id.
 *
 * @param <V> devices of this driver
 */
public final class DeviceRegistry<V extends ProbedDevice<?>> {
    private final DeviceSetup<V> setup;
    private final EventSink events;
    private final DriverLock lock;
    private final Map<Integer, V> devices = new TreeMap<>();

    /** @param lock after those of devices, before that of the command queue */
    public DeviceRegistry(DeviceSetup<V> setup, EventSink events, DriverLock lock) {
        this.setup = setup;
        this.events = events;
        this.lock = lock;
    }

    /**
     * Takes on a device, with nothing behind any PASID.
     *
     * @throws IommuException EEXIST (a requester id is taken), EINVAL, ENOMEM, ENOSPC, EIO, ETIMEDOUT
     */
    public V probe(DeviceDescription description) {
        lock.lock();
        try {
            requireFree(description);
            V device = setup.create(description);
            try {
                setup.install(device);
            } catch (IommuException e) {
                setup.remove(device);
                throw e;
            }
            device.features().enable();
            description.requesterIds().forEach(id -> devices.put(id, device));
            return device;
        } finally {
            lock.unlock();
        }
    }

    private void requireFree(DeviceDescription description) {
        Set<Integer> ids = new HashSet<>();
        for (int id : description.requesterIds()) {
            setup.requireRequesterId(description.name(), id);
            V holder = devices.get(id);
            if (holder != null || !ids.add(id)) {
                throw new IommuException(
                        Errno.EEXIST,
                        "device " + description.name() + ": requester id 0x" + Integer.toHexString(id)
                                + " is taken by " + (holder == null ? "the same device" : holder.name())
                                + "; release that first");
            }
        }
    }

    /**
     * Lets go of a device. What is still attached is blocked, with a warning.
     *
     * @throws IommuException EINVAL if it was released before
     */
    public void release(V device) {
        if (device.isReleased()) {
            throw new IommuException(Errno.EINVAL, "device " + device.name() + " was released before");
        }
        IommuDomain blocked = device.driver().blockedDomain();
        Map<Pasid, IommuDomain> left = device.attachments().warnOfLeftovers(events);
        left.forEach((pasid, domain) -> {
            try {
                blocked.setDevPasid(device, pasid, domain);
            } catch (IommuException e) {
                events.warning("release of " + device.name() + ": " + e.getMessage());
            }
        });
        device.switchOff();
        lock.with(() -> {
            setup.remove(device);
            device.description().requesterIds().forEach(devices::remove);
        });
        setup.forget(device);
    }

    /** Whether a device with this requester id is there and can be sent to. */
    public boolean isReachable(int requesterId) {
        lock.lock();
        try {
            V device = devices.get(requesterId);
            return device != null && device.features().canBeInvalidated();
        } finally {
            lock.unlock();
        }
    }

    /** Releases every device, with a warning for each. */
    public void releaseAll() {
        Set<V> left = new LinkedHashSet<>();
        lock.with(() -> left.addAll(devices.values()));
        for (V device : left) {
            events.warning("shut down while device " + device.name() + " is not released");
            release(device);
        }
    }
}
