package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import java.util.function.UnaryOperator;

/** The AMD-Vi driver with a part exchanged for a defective one, or with memory that does not do what it was asked to. */
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
        return "broken-amdvi";
    }

    @Override
    public String vendor() {
        return "AMD";
    }

    @Override
    public String contractVersion() {
        return IommuApi.VERSION;
    }

    @Override
    public String hardware() {
        return "AMD-Vi";
    }

    @Override
    public String hardwareFamily() {
        return "amdvi";
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return AmdviDriverProvider.create(
                new MemoryExchanged(platform, memory.apply(platform.memory())), options, parts);
    }
}
