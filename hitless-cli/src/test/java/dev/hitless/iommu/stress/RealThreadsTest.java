package dev.hitless.iommu.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real threads on real memory, as a cross-check of the schedules that the suite controls. */
class RealThreadsTest {
    private static final long SEED = 20_240_311;
    private static final int ROUNDS_OF_EACH_OVERLAP = 6;
    private static final int ROUNDS_TO_AND_FRO = 500;

    /** Many more than it takes. */
    private static final int ROUNDS_UNTIL_FOUND = 200;

    private static final Set<String> COMMAND_QUEUES =
            Set.of("vtd.invalidation-queue", "smmuv3.command-queue", "amdvi.command-buffer");

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vtd", "smmuv3", "amdvi"})
    @DisplayName("beside every overlap of the suite's, DMA meets what some of the operations have made of it")
    void overlaps(String family) {
        OverlapStress stress = new OverlapStress(scenes(family, platform -> new Noise(platform, SEED)), SEED);
        assertThat(stress.run(ROUNDS_OF_EACH_OVERLAP)).isEmpty();
        assertThat(stress.rounds()).isEqualTo((long) ROUNDS_OF_EACH_OVERLAP * stress.overlaps());
        assertThat(stress.overlaps()).isGreaterThan(10);
        assertThat(stress.overlapped()).isPositive();
        assertThat(stress.looks()).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vtd", "smmuv3", "amdvi"})
    @DisplayName("DMA sees old or new while four threads change what is behind it, and nothing once it is unmapped")
    void oldOrNew(String family) throws InterruptedException {
        Stress stress = new Stress(driver(family), hardware(family));
        assertThat(stress.run(ROUNDS_TO_AND_FRO)).isEmpty();
        assertThat(stress.looks()).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vtd", "smmuv3", "amdvi"})
    @DisplayName("a driver whose command queue is not locked is found out")
    void withoutLocks(String family) {
        Scenes spoiled = scenes(family, platform -> new Noise(new WithoutLocks(platform, COMMAND_QUEUES), SEED));
        assertThat(new OverlapStress(spoiled, SEED).run(ROUNDS_UNTIL_FOUND)).isNotEmpty();
    }

    private static Scenes scenes(String family, UnaryOperator<Platform> between) {
        return new Scenes(driver(family), hardware(family), between);
    }

    private static HardwareModelProvider hardware(String family) {
        return HardwareModels.discover(RealThreadsTest.class.getClassLoader())
                .find(family)
                .orElseThrow();
    }

    private static IommuDriverProvider driver(String family) {
        return ServiceLoader.load(IommuDriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.hardwareFamily().equals(family))
                .findFirst()
                .orElseThrow();
    }
}
