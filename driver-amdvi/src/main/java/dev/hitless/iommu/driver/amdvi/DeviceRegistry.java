package dev.hitless.iommu.driver.amdvi;

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

/** The devices behind this unit, by requester id, and their device-table entries. */
final class DeviceRegistry {
    private final AmdviDriver driver;
    private final AmdviUnit unit;
    private final DriverLock lock;
    private final Map<Integer, AmdviDevice> devices = new TreeMap<>();

    DeviceRegistry(AmdviDriver driver, AmdviUnit unit) {
        this.driver = driver;
        this.unit = unit;
        this.lock = unit.platform().locks().create("amdvi.devices", "devices");
    }

    /**
     * Takes on a device, with everything blocked.
     *
     * @throws IommuException EEXIST, EINVAL, ENOMEM, ENOSPC, EIO, ETIMEDOUT
     */
    AmdviDevice probe(DeviceDescription description) {
        lock.lock();
        try {
            requireFree(description);
            DeviceResources resources = allocate(description);
            AmdviDevice device = new AmdviDevice(
                    driver,
                    description,
                    resources,
                    new AttachmentTable(
                            description.name(), driver.blockedDomain(), newLock("attachments", description)),
                    newLock("device", description));
            try {
                install(device);
            } catch (IommuException e) {
                takeBack(device);
                throw e;
            }
            device.enable();
            description.requesterIds().forEach(id -> devices.put(id, device));
            return device;
        } finally {
            lock.unlock();
        }
    }

    private DeviceResources allocate(DeviceDescription description) {
        HardwareCapabilities hardware = unit.hardware();
        int pasidBits = Math.min(description.pasidBits(), hardware.pasidBits());
        boolean ats = description.ats() && hardware.deviceTlb();
        boolean pri = ats && description.pri() && unit.pageRequests() != null;
        int domainId = unit.domainIds().allocate();
        try {
            Gcr3Table gcr3 =
                    hardware.guestTranslation() ? new Gcr3Table(unit.platform().memory(), pasidBits) : null;
            return new DeviceResources(domainId, pasidBits, ats, pri, gcr3, hardware.guestLevels() == 5);
        } catch (IommuException e) {
            unit.domainIds().free(domainId);
            throw e;
        }
    }

    private DriverLock newLock(String what, DeviceDescription description) {
        return unit.platform().locks().create("amdvi." + what, description.name());
    }

    private void requireFree(DeviceDescription description) {
        Set<Integer> ids = new HashSet<>();
        for (int id : description.requesterIds()) {
            unit.deviceTable().requireDeviceId(description.name(), id);
            AmdviDevice holder = devices.get(id);
            if (holder != null || !ids.add(id)) {
                throw new IommuException(
                        Errno.EEXIST,
                        "device " + description.name() + ": requester id 0x" + Integer.toHexString(id)
                                + " is taken by " + (holder == null ? "the same device" : holder.name())
                                + "; release that first");
            }
        }
    }

    /** Whoever had the DomainID before, firmware or an earlier kernel, may have left translations. */
    private void install(AmdviDevice device) {
        forgetDomainId(device);
        write(device, driver.blockedEntry(device));
    }

    private void write(AmdviDevice device, DeviceTableEntry target) {
        List<Integer> ids = device.description().requesterIds();
        DeviceTableEntry old = device.entry();
        unit.writer().carryOut(ids, old, unit.writer().plan(old, target));
        device.noteEntry(target);
    }

    private void forgetDomainId(AmdviDevice device) {
        unit.invalidations()
                .translations(List.of(
                        TranslationTag.host(device.domainId()), TranslationTag.guest(device.domainId(), Pasid.NONE)));
    }

    /** Lets go of a device. What is still attached is blocked, with a warning. */
    void release(AmdviDevice device) {
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
        PageRequestLog pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.forget(device.description().requesterIds());
        }
    }

    /** Blocks the entries and frees what is the device's own; keeps it if hardware may still use it. */
    private void takeBack(AmdviDevice device) {
        try {
            write(device, DeviceTableEntry.BLOCKED);
            forgetDomainId(device);
        } catch (IommuException e) {
            unit.writer().blockAtOnce(device.description().requesterIds());
            unit.events()
                    .warning(device.name() + ": its GCR3 table and DomainID are not freed, because the IOMMU may still"
                            + " use them: " + e.getMessage());
            return;
        }
        Gcr3Table gcr3 = device.gcr3();
        if (gcr3 != null) {
            gcr3.free();
        }
        unit.domainIds().free(device.domainId());
    }

    /** Throws EINVAL if {@code device} was released. */
    void requireProbed(AmdviDevice device) {
        if (device.isReleased()) {
            throw new IommuException(Errno.EINVAL, "device " + device.name() + " was released before");
        }
    }

    /** Whether a device with this requester id is there and can be sent to. */
    boolean isReachable(int requesterId) {
        lock.lock();
        try {
            AmdviDevice device = devices.get(requesterId);
            return device != null && device.canBeInvalidated();
        } finally {
            lock.unlock();
        }
    }

    /** Releases every device, with a warning for each. */
    void releaseAll() {
        Set<AmdviDevice> left = new LinkedHashSet<>();
        lock.with(() -> left.addAll(devices.values()));
        for (AmdviDevice device : left) {
            unit.events().warning("shut down while device " + device.name() + " is not released");
            release(device);
        }
    }
}
