package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.track.AttachmentTable;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The devices behind this SMMU, by StreamID. */
final class DeviceRegistry {
    private final Smmuv3Driver driver;
    private final SmmuUnit unit;
    private final ChangePlanner planner;
    private final DriverLock lock;
    private final Map<Integer, Smmuv3Device> devices = new TreeMap<>();

    DeviceRegistry(Smmuv3Driver driver, SmmuUnit unit, ChangePlanner planner) {
        this.driver = driver;
        this.unit = unit;
        this.planner = planner;
        this.lock = unit.newLock("devices", "devices");
    }

    /**
     * Takes on a device, with nothing behind any PASID.
     *
     * @param pageRequests this SMMU can take page requests
     * @throws IommuException EEXIST, EINVAL, ENOMEM, EIO, ETIMEDOUT
     */
    Smmuv3Device probe(DeviceDescription description, boolean pageRequests) {
        lock.lock();
        try {
            requireFree(description);
            boolean ats = description.ats() && unit.hardware().ats();
            Smmuv3Device device = newDevice(description, ats);
            unit.streams().lock().with(() -> install(device));
            device.enable(ats && description.pri() && pageRequests);
            device.streamIds().forEach(id -> devices.put(id, device));
            return device;
        } finally {
            lock.unlock();
        }
    }

    private void requireFree(DeviceDescription description) {
        Set<Integer> ids = new HashSet<>();
        for (int id : description.requesterIds()) {
            unit.streams().requireInRange(description.name(), id);
            Smmuv3Device holder = devices.get(id);
            if (holder != null || !ids.add(id)) {
                throw new IommuException(
                        Errno.EEXIST,
                        "device " + description.name() + ": StreamID 0x" + Integer.toHexString(id) + " is taken by "
                                + (holder == null ? "the same device" : holder.name()) + "; release that first");
            }
        }
    }

    private Smmuv3Device newDevice(DeviceDescription description, boolean ats) {
        int pasidBits = Math.min(description.pasidBits(), Smmuv3Formats.pasidBits(unit.hardware()));
        return new Smmuv3Device(
                driver,
                description,
                pasidBits,
                ats,
                newContexts(description, pasidBits),
                new AttachmentTable(
                        description.name(), driver.blockedDomain(), unit.newLock("attachments", description.name())),
                unit.newLock("device", description.name()));
    }

    /**
     * Also for devices without PASIDs, if the hardware has substreams: only then does S1DSS decide about requests without,
     * and identity goes together with ATS.
     */
    private @Nullable ContextTable newContexts(DeviceDescription description, int pasidBits) {
        if (!unit.hardware().stage1()) {
            return null;
        }
        int substreamBits = unit.hardware().substreamIdBits() == 0 ? 0 : Math.max(1, pasidBits);
        return new ContextTable(
                unit.tables(), unit.streams(), unit.hardware(), description.requesterIds(), substreamBits);
    }

    private void install(Smmuv3Device device) {
        try {
            for (int streamId : device.streamIds()) {
                if (unit.streams().addLeaf(streamId)) {
                    unit.invalidations().streamTableLeaf(streamId);
                }
            }
            planner.setStreams(device, driver.blocked().streamTableEntry(device));
        } catch (IommuException e) {
            takeBack(device);
            throw e;
        }
    }

    /** Lets go of a device. What is still attached is blocked, with a warning. */
    void release(Smmuv3Device device) {
        Map<Pasid, IommuDomain> left = device.attachments().warnOfLeftovers(unit.events());
        left.forEach((pasid, domain) -> {
            try {
                driver.blockedDomain().setDevPasid(device, pasid, domain);
            } catch (IommuException e) {
                unit.events().warning("release of " + device.name() + ": " + e.getMessage());
            }
        });
        device.lock().with(() -> {
            device.markReleased();
            device.disable();
        });
        lock.with(() -> {
            unit.streams().lock().with(() -> takeBack(device));
            device.streamIds().forEach(devices::remove);
        });
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.forget(device.streamIds());
        }
    }

    /** Aborts everything and frees the context descriptors; keeps them if hardware may still read them. */
    private void takeBack(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        try {
            if (device.streamIds().stream().allMatch(unit.streams()::hasLeaf)) {
                planner.setStreams(device, unit.entries().abort());
            }
            if (contexts != null) {
                contexts.free();
            }
        } catch (IommuException e) {
            unit.events()
                    .warning(device.name() + ": its context descriptors are not freed, because the SMMU may still read"
                            + " them: " + e.getMessage());
        }
    }

    /** Throws EINVAL if {@code device} was released. */
    void requireProbed(Smmuv3Device device) {
        if (device.isReleased()) {
            throw new IommuException(Errno.EINVAL, "device " + device.name() + " was released before");
        }
    }

    /** Whether a device with this StreamID is there and can be sent to. */
    boolean isReachable(int streamId) {
        lock.lock();
        try {
            Smmuv3Device device = devices.get(streamId);
            return device != null && device.canBeInvalidated();
        } finally {
            lock.unlock();
        }
    }

    /** Releases every device, with a warning for each. */
    void releaseAll() {
        Set<Smmuv3Device> left = new LinkedHashSet<>();
        lock.with(() -> left.addAll(devices.values()));
        for (Smmuv3Device device : left) {
            unit.events().warning("shut down while device " + device.name() + " is not released");
            release(device);
        }
    }
}
