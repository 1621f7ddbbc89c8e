package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;

/**
 * Makes drivers for the Arm SMMUv3. What the hardware can do is read from the ID registers. Option {@code
 * context-leaf-kib}: 4 (the default) or 64, the length of the leaves of two-level tables of context descriptors. With
 * leaves of 4 KiB the first level, of 8 bytes for each, reaches all 20 bits of SubstreamID in 128 KiB; those of 64 KiB,
 * which Linux has, make it shorter by a factor of 16, and every leaf swap, which copies a leaf, as much longer.
 */
public final class Smmuv3DriverProvider implements IommuDriverProvider {
    static final String CONTEXT_LEAF_KIB = "context-leaf-kib";

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
        options.requireKnown(List.of(CONTEXT_LEAF_KIB));
        SmmuUnit unit = new BringUp(platform, parts, ContextLeaf.of(options)).run();
        return new Smmuv3Driver(unit, new Smmuv3Formats(unit.hardware()), parts);
    }
}
