package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwarePort;
import java.util.List;

/** Makes SMMUv3 models; found by {@link java.util.ServiceLoader}. */
public final class Smmuv3HardwareModelProvider implements HardwareModelProvider {
    /** For {@link java.util.ServiceLoader}. */
    public Smmuv3HardwareModelProvider() {}

    @Override
    public String family() {
        return "smmuv3";
    }

    @Override
    public String description() {
        return "Arm SMMUv3.3, non-secure, AArch64 tables with a 4 KiB granule (Arm IHI 0070 H.a)";
    }

    @Override
    public List<HardwareOption> options() {
        return Smmuv3Options.ALL;
    }

    @Override
    public HardwareModel create(HardwareConfiguration configuration, HardwarePort port) {
        return new Smmuv3HardwareModel(Smmuv3Features.of(configuration), CommandPace.of(configuration), port);
    }
}
