package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import java.util.function.UnaryOperator;

/** The SMMUv3 driver with a part exchanged for a defective one, or with memory that does not do what it was asked to. */
final class BrokenProvider implements IommuDriverProvider {
    private final UnitParts parts;
    private final UnaryOperator<PhysicalMemory> memory;

    private BrokenProvider(UnitParts parts, UnaryOperator<PhysicalMemory> memory) {
        this.parts = parts;
        this.memory = memory;
    }

    static BrokenProvider withParts(UnitParts parts) {
        return new BrokenProvider(parts, UnaryOperator.identity());
    }

    static BrokenProvider withMemory(UnaryOperator<PhysicalMemory> memory) {
        return new BrokenProvider(new UnitParts(), memory);
    }

    @Override
    public String id() {
        return "broken-smmuv3";
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
        return Smmuv3DriverProvider.create(
                new MemoryExchanged(platform, memory.apply(platform.memory())), options, parts);
    }
}
