package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class Smmuv3HardwareModelProviderTest {
    private final HardwareModelProvider provider = new Smmuv3HardwareModelProvider();

    @Test
    void itIsFoundByItsFamily() {
        assertThat(ServiceLoader.load(HardwareModelProvider.class))
                .filteredOn(found -> found.family().equals("smmuv3"))
                .hasSize(1)
                .first()
                .isInstanceOf(Smmuv3HardwareModelProvider.class);
    }

    @Test
    void everyValueOfEveryOptionMakesHardware() {
        for (HardwareOption option : provider.options()) {
            for (String value : option.values()) {
                HardwareConfiguration configuration =
                        HardwareConfiguration.of(provider.options(), Map.of(option.name(), value));
                assertThat(provider.create(configuration, new FakeBus()).readRegister(0, 32))
                        .as("%s=%s", option.name(), value)
                        .isNotZero();
            }
        }
    }

    @Test
    void capabilitiesAreThereByDefault() {
        assertThat(provider.options())
                .filteredOn(option -> option.use() == HardwareOption.Use.CAPABILITY)
                .allMatch(option -> option.defaultValue().equals("yes"));
    }

    @Test
    void anSmmuNeedsAStage() {
        HardwareConfiguration none =
                HardwareConfiguration.of(provider.options(), Map.of("stage1", "no", "stage2", "no"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> provider.create(none, new FakeBus()))
                .withMessageContaining("stage1=no and stage2=no");
    }
}
