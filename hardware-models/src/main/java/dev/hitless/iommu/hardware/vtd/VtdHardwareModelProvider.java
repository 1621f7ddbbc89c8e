package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwarePort;
import java.util.List;
import java.util.Objects;

/** Makes models of VT-d remapping units in scalable mode. Found by {@link java.util.ServiceLoader}. */
public final class VtdHardwareModelProvider implements HardwareModelProvider {
    /** For {@link java.util.ServiceLoader}. */
    public VtdHardwareModelProvider() {}

    @Override
    public String family() {
        return "vtd";
    }

    @Override
    public String description() {
        return "Intel VT-d, scalable mode (specification 3.x to 5.x, register version 6.0)";
    }

    @Override
    public List<HardwareOption> options() {
        return VtdOptions.ALL;
    }

    @Override
    public HardwareModel create(HardwareConfiguration configuration, HardwarePort port) {
        Objects.requireNonNull(configuration, "configuration");
        Objects.requireNonNull(port, "port");
        return new VtdHardwareModel(VtdCapabilities.of(configuration), CommandPace.of(configuration), port);
    }
}
