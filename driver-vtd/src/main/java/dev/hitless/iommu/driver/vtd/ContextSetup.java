package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.driver.support.device.DeviceSetup;
import dev.hitless.iommu.driver.support.device.PciFeatures;

/** Devices as context entries know them: each has one for each requester id, and a PASID directory. */
final class ContextSetup implements DeviceSetup<VtdDevice> {
    private final VtdDriver driver;
    private final RemappingUnit unit;
    private final boolean pageRequests;

    /** @param pageRequests this unit can take page requests */
    ContextSetup(VtdDriver driver, RemappingUnit unit, boolean pageRequests) {
        this.driver = driver;
        this.unit = unit;
        this.pageRequests = pageRequests;
    }

    @Override
    public void requireRequesterId(String deviceName, int requesterId) {
        ContextTables.requireSourceId(deviceName, requesterId);
    }

    @Override
    public VtdDevice create(DeviceDescription description) {
        HardwareCapabilities hardware = unit.hardware();
        PciFeatures features =
                PciFeatures.shared(description, hardware.pasidBits(), hardware.deviceTlb(), pageRequests);
        PasidDirectory directory = new PasidDirectory(unit.tables(), features.pasidBits());
        return new VtdDevice(driver, description, features, directory, unit.locks());
    }

    @Override
    public void install(VtdDevice device) {
        PciFeatures features = device.features();
        long word0 = ContextEntry.word0(device.directory(), features.ats(), features.pasidBits() > 0, features.pri());
        unit.contexts().install(device.description().requesterIds(), word0);
    }

    @Override
    public void remove(VtdDevice device) {
        unit.contexts().remove(device.description().requesterIds());
    }

    @Override
    public void free(VtdDevice device) {
        device.directory().free();
    }

    @Override
    public void forget(VtdDevice device) {
        PageRequestQueue queue = unit.pageRequests();
        if (queue != null) {
            queue.requests().forget(device.description().requesterIds());
        }
    }
}
