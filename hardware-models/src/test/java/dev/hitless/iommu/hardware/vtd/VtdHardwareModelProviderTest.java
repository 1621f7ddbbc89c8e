package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class VtdHardwareModelProviderTest {
    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(HardwareModelProvider.class))
                .filteredOn(provider -> provider.family().equals("vtd"))
                .singleElement()
                .isInstanceOf(VtdHardwareModelProvider.class);
    }

    @Test
    void everyValueOfEveryOptionMakesHardware() {
        VtdHardwareModelProvider provider = new VtdHardwareModelProvider();
        for (HardwareOption option : provider.options()) {
            for (String value : option.values()) {
                HardwareConfiguration chosen =
                        HardwareConfiguration.of(provider.options(), Map.of(option.name(), value));
                assertThat(provider.create(chosen, new FakeBus()).caches()).hasSize(6);
            }
        }
    }
}
