package dev.hitless.iommu.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
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
    private static final int ROUNDS = 1500;

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vtd", "smmuv3", "amdvi"})
    @DisplayName("DMA sees old or new while four threads change what is behind it, and nothing once it is unmapped")
    void oldOrNew(String family) throws InterruptedException {
        Stress stress = stress(family, UnaryOperator.identity());
        assertThat(stress.run(ROUNDS)).isEmpty();
        assertThat(stress.looks()).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vtd", "smmuv3", "amdvi"})
    @DisplayName("a driver whose command queue is not locked is found out")
    void withoutLocks(String family) throws InterruptedException {
        assertThat(stress(family, WithoutLocks::new).run(ROUNDS)).isNotEmpty();
    }

    private static Stress stress(String family, UnaryOperator<Platform> spoiling) {
        HardwareModelProvider hardware = HardwareModels.discover(RealThreadsTest.class.getClassLoader())
                .find(family)
                .orElseThrow();
        IommuDriverProvider driver = ServiceLoader.load(IommuDriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.hardwareFamily().equals(family))
                .findFirst()
                .orElseThrow();
        return new Stress(driver, hardware, spoiling);
    }

    private record Unlocked() implements DriverLock {
        @Override
        public void lock() {}

        @Override
        public void unlock() {}
    }

    /** Everything but mutual exclusion at the command queue. */
    private record WithoutLocks(Platform right) implements Platform {
        private static final Set<String> COMMANDS =
                Set.of("vtd.invalidation-queue", "smmuv3.command-queue", "amdvi.command-buffer");

        @Override
        public PhysicalMemory memory() {
            return right.memory();
        }

        @Override
        public RegisterBank registers() {
            return right.registers();
        }

        @Override
        public Waiter waiter() {
            return right.waiter();
        }

        @Override
        public Locks locks() {
            return (lockClass, name) -> COMMANDS.contains(lockClass)
                    ? new Unlocked()
                    : right.locks().create(lockClass, name);
        }

        @Override
        public EventSink events() {
            return right.events();
        }
    }
}
