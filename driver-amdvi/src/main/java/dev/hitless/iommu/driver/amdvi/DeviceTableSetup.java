package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.device.DeviceSetup;
import dev.hitless.iommu.driver.support.device.PciFeatures;
import dev.hitless.iommu.driver.support.event.PageRequests;
import java.util.List;

/** Devices as the device table knows them: each has an entry for each requester id, a DomainID and a GCR3 table. */
final class DeviceTableSetup implements DeviceSetup<AmdviDevice> {
    private final AmdviDriver driver;
    private final AmdviUnit unit;

    DeviceTableSetup(AmdviDriver driver, AmdviUnit unit) {
        this.driver = driver;
        this.unit = unit;
    }

    @Override
    public void requireRequesterId(String deviceName, int requesterId) {
        unit.deviceTable().requireDeviceId(deviceName, requesterId);
    }

    @Override
    public AmdviDevice create(DeviceDescription description) {
        HardwareCapabilities hardware = unit.hardware();
        PciFeatures features = PciFeatures.shared(
                description, hardware.pasidBits(), hardware.deviceTlb(), unit.pageRequests() != null);
        return new AmdviDevice(driver, description, features, allocate(features.pasidBits()), unit.locks());
    }

    private DeviceResources allocate(int pasidBits) {
        HardwareCapabilities hardware = unit.hardware();
        int domainId = unit.domainIds().allocate();
        try {
            Gcr3Table gcr3 =
                    hardware.guestTranslation() ? new Gcr3Table(unit.platform().memory(), pasidBits) : null;
            return new DeviceResources(domainId, gcr3, hardware.guestLevels() == 5);
        } catch (IommuException e) {
            unit.domainIds().free(domainId);
            throw e;
        }
    }

    /** Whoever had the DomainID before, firmware or an earlier kernel, may have left translations. */
    @Override
    public void install(AmdviDevice device) {
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

    @Override
    public void remove(AmdviDevice device) {
        try {
            write(device, DeviceTableEntry.BLOCKED);
            // Once more, if it failed before: the entries are right then, but copies of them may not be.
            unit.invalidations().deviceTableEntries(device.description().requesterIds());
            forgetDomainId(device);
        } catch (IommuException e) {
            unit.writer().blockAtOnce(device.description().requesterIds());
            device.noteEntry(DeviceTableEntry.BLOCKED);
            throw e;
        }
    }

    @Override
    public void free(AmdviDevice device) {
        Gcr3Table gcr3 = device.gcr3();
        if (gcr3 != null) {
            gcr3.free();
        }
        unit.domainIds().free(device.domainId());
    }

    @Override
    public void forget(AmdviDevice device) {
        PageRequests requests = unit.pageRequests();
        if (requests != null) {
            requests.forget(device.description().requesterIds());
        }
    }
}
