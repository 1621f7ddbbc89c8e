package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BringUpTest {
    private static final long ESRTPS = 1L << 63;

    private static List<String> steps(FakeUnit unit) {
        return unit.log.stream()
                .filter(line -> line.startsWith("command")
                        || line.startsWith("write64 20")
                        || line.startsWith("write64 90")
                        || line.startsWith("write64 d0")
                        || line.startsWith("write32 18"))
                .map(line -> line.startsWith("write64") ? line.substring(0, 10) : line)
                .toList();
    }

    @Test
    void queueRootPageRequestsAndTranslationLast() {
        FakeUnit unit = FakeUnit.withEverything();
        unit.driver();
        assertThat(steps(unit))
                .containsExactly(
                        "write64 90", // IQA
                        "write32 18 4000000", // QIE
                        "write64 20", // RTADDR
                        "write32 18 44000000", // SRTP, QIE kept
                        "write64 d0", // PQA
                        "write32 18 84000000"); // TE, QIE kept
    }

    @Test
    void cachesAreDroppedByHandUnlessSettingTheRootDoesIt() {
        FakeUnit unit = new FakeUnit(FakeUnit.CAP & ~ESRTPS, FakeUnit.ECAP);
        unit.driver();
        assertThat(steps(unit))
                .containsSubsequence(
                        "write32 18 44000000",
                        "command all contexts",
                        "command all entries",
                        "command all translations",
                        "write32 18 84000000");
    }

    @Test
    void theQueueHasWideDescriptorsAndTheRootScalableMode() {
        FakeUnit unit = FakeUnit.withEverything();
        unit.driver();
        // DW, QS = 0.
        assertThat(unit.registers[0x90] & 0xFFF).isEqualTo(0x800);
        // TTM = 1.
        assertThat(unit.registers[0x20] & 0xFFF).isEqualTo(0x400);
    }

    @Test
    void whatSomebodyLeftOnIsTurnedOffFirst() {
        FakeUnit unit = FakeUnit.withEverything();
        unit.registers[0x1C] = 0x8600_0000L; // TES, QIES, and IRES, which is not ours
        unit.driver();
        assertThat(steps(unit)).startsWith("write32 18 6000000", "write32 18 2000000", "write64 90");
        assertThat((int) unit.registers[0x1C] & 1 << 25).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 43})
    void hardwareWithoutQueueOrScalableModeIsRefused(int bit) {
        FakeUnit unit = new FakeUnit(FakeUnit.CAP, FakeUnit.ECAP & ~(1L << bit));
        assertThatThrownBy(unit::driver).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(Errno.EOPNOTSUPP));
        assertThat(unit.log).isEmpty();
    }

    @Test
    void noMemoryAtAnyPointGivesEverythingBack() {
        int enough = 0;
        while (true) {
            FakeUnit unit = FakeUnit.withEverything();
            unit.memory.allocationsLeft = enough;
            try {
                unit.driver();
                break;
            } catch (IommuException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                assertThat(unit.memory.allocatedBytes())
                        .as("%d allocations", enough)
                        .isZero();
                assertThat((int) unit.registers[0x1C] & 1 << 26).isZero();
            }
            enough++;
        }
        assertThat(enough).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {26, 30, 31})
    void aCommandThatIsNotAcknowledgedEndsInATimeOutWithNothingLeft(int bit) {
        FakeUnit unit = FakeUnit.withEverything();
        unit.deafTo = 1 << bit;
        assertThatThrownBy(unit::driver).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(Errno.ETIMEDOUT));
        assertThat(unit.memory.allocatedBytes()).isZero();
    }

    @Test
    void shutDownTurnsTranslationOffAndFreesEverything() {
        FakeUnit unit = FakeUnit.withEverything();
        VtdDriver driver = unit.driver();
        driver.probe(unit.device("forgotten", 0x0100, true));
        driver.allocatePaging(driver.capabilities().formats().get(0));
        driver.shutDown();
        assertThat(unit.registers[0x1C] & 0xFFFF_FFFFL & (1L << 31 | 1L << 26)).isZero();
        assertThat(unit.memory.allocatedBytes()).isZero();
        assertThat(unit.warnings).singleElement().asString().contains("forgotten");
    }

    @Test
    void optionsThatAreNotKnownAreRefused() {
        FakeUnit unit = FakeUnit.withEverything();
        assertThatThrownBy(() -> VtdDriverProvider.create(
                        unit, new DriverOptions(Map.of("host-address-bits", "53")), new UnitParts()))
                .hasMessageContaining("32..52");
        assertThatThrownBy(() ->
                        VtdDriverProvider.create(unit, new DriverOptions(Map.of("colour", "red")), new UnitParts()))
                .hasMessageContaining("host-address-bits");
        assertThat(unit.log).isEmpty();
    }
}
