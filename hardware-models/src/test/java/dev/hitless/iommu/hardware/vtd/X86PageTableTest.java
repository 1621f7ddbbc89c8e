package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.GuestContext;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class X86PageTableTest extends WalkerFixture {
    @ParameterizedTest
    @CsvSource({"4, 12", "4, 21", "4, 30", "5, 12", "5, 21", "5, 30"})
    void whatIsMappedIsTranslatedEvenWithoutSnooping(int levels, int shift) {
        CpuPageTable table = new X86PageTable(bus, levels, page -> page);
        long iova = (levels == 5 ? 0x65_0000_0000_0000L : 0x6543_0000_0000L) & -1L << shift;
        table.map(iova, 0x40_4000_0000L, 1L << shift, true);
        tables.pasidEntry(1 << 6 | 1, DID, table.rootAddress() | (levels - 4L) << 2 | 1 << 7);
        expectTarget(write(iova + 0x88), iova + 0x88, 0x40_4000_0088L);
        assertThat(out.pageBytes()).isEqualTo(1L << shift);
        table.map(iova, 0x40_8000_0000L, 1L << shift, false);
        expectTarget(read(iova), iova, 0x40_8000_0000L);
        expectFault(write(iova), 0x85, FaultClass.PERMISSION);
        table.unmap(iova, 1L << shift);
        expectFault(read(iova), 0x71, FaultClass.NOT_MAPPED);
    }

    @Test
    void freeingGivesAllPagesBack() {
        FakeBus memory = new FakeBus();
        CpuPageTable table = new X86PageTable(memory, 0, page -> page);
        assertThat(table.levels()).isEqualTo(4);
        assertThat(table.addressBits()).isEqualTo(47);
        table.map(0x1000, 0x2000, 4096, true);
        table.map(0x4000_0000, 0x2000, 4096, true);
        assertThat(memory.pageCount()).isGreaterThan(4);
        table.free();
        assertThat(memory.pageCount()).isZero();
    }

    @Test
    void badArgumentsAreRefused() {
        CpuPageTable table = new X86PageTable(bus, 4, page -> page);
        assertThatThrownBy(() -> table.map(0x800, 0, 4096, true)).hasMessageContaining("0x800");
        assertThatThrownBy(() -> table.map(1L << 47, 0, 4096, true)).hasMessageContaining("2^47");
        assertThatThrownBy(() -> table.map(0, 0x1000, 1 << 21, true)).hasMessageContaining("target");
        assertThatThrownBy(() -> table.map(0, 0, 8192, true)).hasMessageContaining("8192");
        assertThatThrownBy(() -> table.unmap(0x1000, 4096)).hasMessageContaining("nothing is mapped");
        table.map(0x1000, 0x1000, 4096, true);
        assertThatThrownBy(() -> table.map(0, 0, 1 << 21, true)).hasMessageContaining("smaller pages");
        assertThatThrownBy(() -> new X86PageTable(bus, 3, page -> page)).hasMessageContaining("3 levels");
    }

    @Test
    void aGuestsTablePointsToGuestPhysicalPages() {
        long offset = 0x20_0000_0000L;
        GuestContext guest = new VtdGuestContext(
                new X86PageTable(bus, 4, page -> page + offset), page -> page + offset, capabilities);
        guest.pageTable().map(IOVA, 0x5000, 4096, true);
        Set<Long> pages = new LinkedHashSet<>();
        guest.structurePages().forEach(pages::add);
        assertThat(pages).hasSize(4);
        long second = tables.page();
        pages.forEach(page -> tables.map(second, 4, page + offset, 12, page | 3, 3));
        tables.map(second, 4, 0x5000, 12, TARGET | 3, 3);
        assertThat(guest.fields().keySet()).containsExactlyInAnyOrder("SRE", "WPE", "EAFE");
        tables.pasidEntry(second | 3 << 6 | 2 << 2 | 1, DID, guest.guestRoot() | 1 | 1 << 4 | 1 << 7);
        expectTarget(write(IOVA), IOVA, TARGET);
        guest.free();
    }
}
