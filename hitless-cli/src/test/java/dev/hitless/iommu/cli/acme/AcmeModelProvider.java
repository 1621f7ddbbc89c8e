package dev.hitless.iommu.cli.acme;

import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwarePort;
import java.util.List;

/** Makes {@link AcmeModel}s. */
public final class AcmeModelProvider implements HardwareModelProvider {
    @Override
    public String family() {
        return "acme";
    }

    @Override
    public String description() {
        return "Acme IOMMU (none exists)";
    }

    @Override
    public List<HardwareOption> options() {
        return List.of();
    }

    @Override
    public HardwareModel create(HardwareConfiguration configuration, HardwarePort port) {
        return new AcmeModel(port);
    }
}
