package dev.hitless.iommu.hardware.amdvi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwareOption.Use;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class AmdviHardwareModelProviderTest {
    private final AmdviHardwareModelProvider provider = new AmdviHardwareModelProvider();

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(HardwareModelProvider.class))
                .filteredOn(found -> found.family().equals("amdvi"))
                .hasExactlyElementsOfTypes(AmdviHardwareModelProvider.class);
    }

    @Test
    void everyValueOfEveryOptionMakesAModel() {
        for (HardwareOption option : provider.options()) {
            for (String value : option.values()) {
                HardwareConfiguration configuration =
                        HardwareConfiguration.of(provider.options(), Map.of(option.name(), value));
                assertThat(provider.create(configuration, new FakeBus()).caches())
                        .as("%s=%s", option.name(), value)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void howMuchOfAnEntryIsReadAtOnceIsAllThatHardwareDoesNotTell() {
        List<HardwareOption> told = provider.options().stream()
                .filter(option -> option.use() == Use.TOLD)
                .toList();
        assertThat(told).singleElement().satisfies(option -> assertThat(option.values())
                .containsExactly("256", "128", "64"));
    }

    @Test
    void anUnknownValueIsRefused() {
        assertThatThrownBy(() -> HardwareConfiguration.of(provider.options(), Map.of("gcr3-levels", "4")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gcr3-levels=4");
    }

    @Test
    void noChipsetBufferHoldsBackStores() {
        assertThat(new AmdviMachine().model.postedWrites()).isFalse();
    }
}
