package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.domain.DomainReplacer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The devices behind one IOMMU, by requester id.
 *
 * <p>A device that hardware could not be made to forget keeps what hardware may still reach. That is tried again when
 * another device comes or goes; at the latest it is freed when hardware is off.
 *
 * @param <V> devices of this driver
 */
public final class DeviceRegistry<V extends ProbedDevice<?>> {
    private final DeviceSetup<V> setup;
    private final DomainReplacer replacer;
    private final EventSink events;
    private final DriverLock lock;
    private final Map<Integer, V> devices = new TreeMap<>();
    private final Set<V> unforgotten = new LinkedHashSet<>();

    /** @param lock after those of devices, before that of the command queue */
    public DeviceRegistry(DeviceSetup<V> setup, DomainReplacer replacer, EventSink events, DriverLock lock) {
        this.setup = setup;
        this.replacer = replacer;
        this.events = events;
        this.lock = lock;
    }

    /**
     * Takes on a device, with nothing behind any PASID.
     *
     * @throws IommuException EEXIST (a requester id is taken), EINVAL, ENOMEM, ENOSPC, EIO, ETIMEDOUT
     */
    public V probe(DeviceDescription description) {
        forgetTheRest();
        lock.lock();
        try {
            requireFree(description);
            requireForgotten(description);
            V device = setup.create(description);
            try {
                setup.install(device);
            } catch (IommuException e) {
                letGo(device);
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
        // What hardware could not be made to forget yet, it may still: domains that are not attached have users there.
        device.lock().with(() -> device.interrupted().pasids().forEach(pasid -> left.putIfAbsent(pasid, blocked)));
        left.forEach((pasid, domain) -> {
            try {
                blocked.setDevPasid(device, pasid, domain);
            } catch (IommuException e) {
                events.warning("release of " + device.name() + ": " + e.getMessage());
                replacer.cutOff(device, pasid);
            }
        });
        device.switchOff();
        lock.with(() -> {
            letGo(device);
            device.description().requesterIds().forEach(devices::remove);
        });
        setup.forget(device);
    }

    /** With the lock held. */
    private void letGo(V device) {
        try {
            setup.remove(device);
        } catch (IommuException e) {
            events.warning(device.name() + ": what it had of its own is kept, because the IOMMU may still use it: "
                    + e.getMessage());
            unforgotten.add(device);
            return;
        }
        if (device.interrupted().pasids().isEmpty()) {
            forgotten(device);
        } else {
            unforgotten.add(device);
        }
    }

    private void forgotten(V device) {
        device.markForgotten();
        setup.free(device);
    }

    /** Tries again what did not get through. */
    private void forgetTheRest() {
        List<V> waiting = new ArrayList<>();
        lock.with(() -> waiting.addAll(unforgotten));
        for (V device : waiting) {
            List<Pasid> pasids = new ArrayList<>();
            device.lock().with(() -> pasids.addAll(device.interrupted().pasids()));
            pasids.forEach(pasid -> replacer.settle(device, pasid));
            lock.with(() -> {
                if (unforgotten.remove(device)) {
                    letGo(device);
                }
            });
        }
    }

    private void requireForgotten(DeviceDescription description) {
        for (V device : unforgotten) {
            if (device.description().requesterIds().stream().anyMatch(description.requesterIds()::contains)) {
                throw new IommuException(
                        Errno.EIO,
                        "device " + description.name() + ": the IOMMU cannot be made to forget " + device.name()
                                + ", which had its requester id before; the IOMMU does not respond");
            }
        }
    }

    /** Frees what is left of devices that hardware was not made to forget. Hardware is off. */
    public void freeAll() {
        lock.with(() -> {
            unforgotten.forEach(this::forgotten);
            unforgotten.clear();
        });
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
