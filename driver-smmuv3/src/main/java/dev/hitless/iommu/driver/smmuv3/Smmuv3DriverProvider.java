package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;

/** Makes drivers for the Arm SMMUv3. It has no options: everything is read from the ID registers. */
public final class Smmuv3DriverProvider implements IommuDriverProvider {
    @Override
    public String id() {
        return "smmuv3";
    }

    @Override
    public String vendor() {
        return "Arm";
    }

    @Override
    public String contractVersion() {
        return IommuApi.VERSION;
    }

    @Override
    public String hardware() {
        return "Arm SMMUv3, non-secure interface";
    }

    @Override
    public String hardwareFamily() {
        return "smmuv3";
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return create(platform, options, new UnitParts());
    }

    /** As {@link #create(Platform, DriverOptions)}, of other parts. */
    static Smmuv3Driver create(Platform platform, DriverOptions options, UnitParts parts) {
        options.requireKnown(List.of());
        SmmuUnit unit = new BringUp(platform, parts).run();
        return new Smmuv3Driver(unit, new Smmuv3Formats(unit.hardware()), parts);
    }
}
