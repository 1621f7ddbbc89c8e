package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.track.AttachmentTable;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The devices behind this unit, by requester id, and their context entries. */
final class DeviceRegistry {
    private final VtdDriver driver;
    private final RemappingUnit unit;
    private final DriverLock lock;
    private final Map<Integer, VtdDevice> devices = new TreeMap<>();

    DeviceRegistry(VtdDriver driver, RemappingUnit unit) {
        this.driver = driver;
        this.unit = unit;
        this.lock = unit.platform().locks().create("vtd.devices", "devices");
    }

    /**
     * Takes on a device, with nothing behind any PASID.
     *
     * @param pageRequests this unit can take page requests
     * @throws IommuException EEXIST, EINVAL, ENOMEM, EIO, ETIMEDOUT
     */
    VtdDevice probe(DeviceDescription description, boolean pageRequests) {
        lock.lock();
        try {
            requireFree(description);
            int pasidBits = Math.min(description.pasidBits(), unit.hardware().pasidBits());
            boolean ats = description.ats() && unit.hardware().deviceTlb();
            boolean pri = ats && description.pri() && pageRequests;
            PasidDirectory directory = new PasidDirectory(unit.tables(), pasidBits);
            VtdDevice device = new VtdDevice(
                    driver,
                    description,
                    pasidBits,
                    directory,
                    new AttachmentTable(
                            description.name(), driver.blockedDomain(), newLock("attachments", description)),
                    newLock("device", description));
            install(device, ContextEntry.word0(directory, ats, pasidBits > 0, pri));
            device.enable(ats, pri);
            description.requesterIds().forEach(id -> devices.put(id, device));
            return device;
        } finally {
            lock.unlock();
        }
    }

    private DriverLock newLock(String what, DeviceDescription description) {
        return unit.platform().locks().create("vtd." + what, description.name());
    }

    private void requireFree(DeviceDescription description) {
        Set<Integer> ids = new HashSet<>();
        for (int id : description.requesterIds()) {
            ContextTables.requireSourceId(description.name(), id);
            VtdDevice holder = devices.get(id);
            if (holder != null || !ids.add(id)) {
                throw new IommuException(
                        Errno.EEXIST,
                        "device " + description.name() + ": requester id 0x" + Integer.toHexString(id)
                                + " is taken by " + (holder == null ? "the same device" : holder.name())
                                + "; release that first");
            }
        }
    }

    private void install(VtdDevice device, long word0) {
        List<Integer> ids = device.description().requesterIds();
        try {
            unit.contexts().install(ids, word0);
        } catch (IommuException e) {
            takeBack(device);
            throw e;
        }
    }

    /** Lets go of a device. What is still attached is blocked, with a warning. */
    void release(VtdDevice device) {
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
            takeBack(device);
            device.description().requesterIds().forEach(devices::remove);
        });
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.forget(device.description().requesterIds());
        }
    }

    /** Removes the context entries and frees the directory; keeps it if hardware may still read it. */
    private void takeBack(VtdDevice device) {
        try {
            unit.contexts().remove(device.description().requesterIds());
            device.directory().free();
        } catch (IommuException e) {
            unit.events()
                    .warning(device.name() + ": its PASID directory is not freed, because the IOMMU may still read it: "
                            + e.getMessage());
        }
    }

    /** Throws EINVAL if {@code device} was released. */
    void requireProbed(VtdDevice device) {
        if (device.isReleased()) {
            throw new IommuException(Errno.EINVAL, "device " + device.name() + " was released before");
        }
    }

    /** Whether a device with this requester id is there and can be sent to. */
    boolean isReachable(int requesterId) {
        lock.lock();
        try {
            VtdDevice device = devices.get(requesterId);
            return device != null && device.canBeInvalidated();
        } finally {
            lock.unlock();
        }
    }

    /** Releases every device, with a warning for each. */
    void releaseAll() {
        Set<VtdDevice> left = new LinkedHashSet<>();
        lock.with(() -> left.addAll(devices.values()));
        for (VtdDevice device : left) {
            unit.events().warning("shut down while device " + device.name() + " is not released");
            release(device);
        }
    }
}
