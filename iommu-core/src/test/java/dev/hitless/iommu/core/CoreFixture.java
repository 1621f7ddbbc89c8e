package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import java.util.ArrayList;
import java.util.List;

/** A core over a recording driver, with one group. */
final class CoreFixture {
    static final Pasid PASID = Pasid.of(5);

    final RecordingDriver driver = new RecordingDriver();
    final List<String> warnings = new ArrayList<>();
    final IommuCore core = IommuCore.over(driver, new JvmLocks(), warnings::add);
    final IommuGroup group;
    final IommuDomain one = driver.domain("one");
    final IommuDomain two = driver.domain("two");
    private int requesters;

    CoreFixture() {
        this(DomainType.BLOCKED);
    }

    CoreFixture(DomainType defaultDomain) {
        group = core.createGroup("g", driver, defaultDomain);
    }

    /** Adds a device with ATS and PRI whose PASIDs have {@code pasidBits} bits. */
    IommuDevice device(String name, int pasidBits) {
        return core.addDevice(group, description(name, pasidBits, true));
    }

    DeviceDescription description(String name, int pasidBits, boolean ats) {
        return new DeviceDescription(
                name, List.of(0x100 + requesters++), pasidBits, ats, ats ? 32 : 0, ats, new AbsentFunction());
    }

    static AttachHandle handle() {
        return new AttachHandle("handle");
    }

    /** Controls nothing; the recording driver never asks. */
    private static final class AbsentFunction implements PciFunction {
        @Override
        public boolean isPresent() {
            return true;
        }

        @Override
        public void setPasidEnabled(boolean enabled) {}

        @Override
        public void setAtsEnabled(boolean enabled) {}

        @Override
        public void setPriEnabled(boolean enabled) {}
    }
}
