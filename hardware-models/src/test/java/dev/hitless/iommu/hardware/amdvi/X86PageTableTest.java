package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.FakeBus;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class X86PageTableTest {
    private static final long ADDRESS = 0x1234_4000_0000L;
    private static final int PASID = 3;

    private final AmdviMachine machine = new AmdviMachine();

    /** Makes PASID 3 of the device use {@code table}. */
    private void use(CpuPageTable table) {
        long gcr3 = machine.page();
        machine.entry(gcr3, PASID, table.rootAddress() | 1);
        Dte dte = Dte.translating(5).guest(0, gcr3);
        machine.set(DEVICE, table.levels() == 5 ? dte.fiveGuestLevels() : dte);
    }

    private CpuPageTable table(int levels) {
        return machine.model.newCpuPageTable(machine.bus, levels, LongUnaryOperator.identity());
    }

    @ParameterizedTest
    @CsvSource({"0, 0x1000", "4, 0x200000", "4, 0x40000000", "5, 0x1000", "5, 0x40000000"})
    void whatItMapsIsWhatHardwareTranslates(int levels, String lengthText) {
        long length = Long.decode(lengthText);
        CpuPageTable table = table(levels);
        use(table);
        table.map(ADDRESS, 5 * length, length, false);

        assertThat(machine.dmaRead(PASID, ADDRESS + length - 1).output(ADDRESS)).isEqualTo(5 * length);
        assertThat(machine.dmaRead(PASID, ADDRESS).pageBytes()).isEqualTo(length);
        assertThat(machine.dmaWrite(PASID, ADDRESS).isFault()).isTrue();

        table.unmap(ADDRESS, length);
        assertThat(machine.dmaRead(PASID, ADDRESS).isFault()).isTrue();

        table.map(ADDRESS, 6 * length, length, true);
        assertThat(machine.dmaWrite(PASID, ADDRESS).output(ADDRESS)).isEqualTo(6 * length);
    }

    @Test
    void entriesAreAccessedAndWritableOnesDirty() {
        CpuPageTable table = table(4);
        table.map(0, 0xABC_D000, 0x1000, true);
        long entry = machine.bus.load64(table.rootAddress());
        for (int level = 3; level >= 1; level--) {
            assertThat(entry & 0xFFF).isEqualTo(0x27);
            entry = machine.bus.load64(entry & ~0xFFFL);
        }
        assertThat(entry).isEqualTo(0xABC_D067);
    }

    @Test
    void levelsAndWidthAreTold() {
        assertThat(table(0).levels()).isEqualTo(4);
        assertThat(table(0).addressBits()).isEqualTo(48);
        assertThat(table(5).addressBits()).isEqualTo(57);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void otherNumbersOfLevelsAreRefused(int levels) {
        assertThatThrownBy(() -> table(levels))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + levels);
    }

    @Test
    void whatTheFormatCannotSayIsRefused() {
        CpuPageTable table = table(4);
        assertThatThrownBy(() -> table.map(0, 0, 0x2000, true)).hasMessageContaining("0x2000");
        assertThatThrownBy(() -> table.map(0x800, 0, 0x1000, true)).hasMessageContaining("0x800");
        assertThatThrownBy(() -> table.map(0, 0x800, 0x1000, true)).hasMessageContaining("0x800");
        assertThatThrownBy(() -> table.unmap(0, 0x1000)).hasMessageContaining("nothing is mapped");
        table.map(0, 0, 0x20_0000, true);
        assertThatThrownBy(() -> table.map(0, 0, 0x1000, true)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void freeingGivesEverythingBack() {
        FakeBus bus = machine.bus;
        int before = bus.pageCount();
        CpuPageTable table = table(5);
        table.map(0, 0, 0x1000, true);
        table.map(ADDRESS, 0, 0x20_0000, true);
        table.free();
        machine.model.newGuestContext(bus, 0, LongUnaryOperator.identity()).free();
        assertThat(bus.pageCount()).isEqualTo(before);
    }
}
