package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwarePort;
import java.util.List;

/** Makes models of AMD-Vi. */
public final class AmdviHardwareModelProvider implements HardwareModelProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public AmdviHardwareModelProvider() {}

    @Override
    public String family() {
        return "amdvi";
    }

    @Override
    public String description() {
        return "AMD-Vi, AMD I/O Virtualization Technology (IOMMU) specification 48882, revision 3.05 and later"
                + " additions";
    }

    @Override
    public List<HardwareOption> options() {
        return AmdviOptions.all();
    }

    @Override
    public HardwareModel create(HardwareConfiguration configuration, HardwarePort port) {
        return new AmdviHardwareModel(AmdviFeatures.of(configuration), CommandPace.of(configuration), port);
    }
}
