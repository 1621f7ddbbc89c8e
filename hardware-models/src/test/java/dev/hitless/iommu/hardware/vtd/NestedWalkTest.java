package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NestedWalkTest extends WalkerFixture {
    /** Guest-physical addresses are physical ones plus this. */
    private static final long GUEST = 0x20_0000_0000L;

    private static final long GUEST_TARGET = 0x30_0000_0000L;

    private long first;
    private long second;

    @BeforeEach
    void guestTableBehindASecondStage() {
        second = tables.page();
        first = guestPage();
        long table = first;
        for (int shift = 39; shift > 12; shift -= 9) {
            long below = guestPage();
            bus.write64(table + (IOVA >>> shift & 0x1FF) * 8, below + GUEST | 0x27);
            table = below;
        }
        bus.write64(table + (IOVA >>> 12 & 0x1FF) * 8, GUEST_TARGET | 0x67);
        tables.map(second, 4, GUEST_TARGET, 12, TARGET | 3, 3);
        tables.pasidEntry(second | 3 << 6 | 2 << 2 | 1, PWSNP | DID, first + GUEST);
    }

    private long guestPage() {
        long page = tables.page();
        tables.map(second, 4, page + GUEST, 12, page | 3, 3);
        return page;
    }

    private long guestSlot(int shift) {
        long table = first;
        for (int at = 39; at > shift; at -= 9) {
            table = (bus.read64(table + (IOVA >>> at & 0x1FF) * 8) & 0xF_FFFF_FFFF_F000L) - GUEST;
        }
        return table + (IOVA >>> shift & 0x1FF) * 8;
    }

    @Test
    void bothStagesTranslate() {
        expectTarget(read(IOVA + 0x18), IOVA + 0x18, TARGET + 0x18);
        assertThat(out.tag()).isEqualTo(CacheTag.firstStage(DID, PASID, true, false));
        assertThat(reader.lookups)
                .containsExactly(
                        CacheTag.firstStage(DID, PASID, true, false), CacheTag.firstStage(DID, PASID, false, false));
    }

    @Test
    void thePageIsTheSmallerOne() {
        bus.write64(guestSlot(21), 0x30_0000_0000L | 0xE7);
        long inside = IOVA & 0x1F_F000;
        tables.map(second, 4, 0x30_0000_0000L + inside, 12, TARGET | 3, 3);
        expectTarget(read(IOVA + 8), IOVA + 8, TARGET + 8);
        assertThat(out.pageBytes()).isEqualTo(4096);
        assertThat(out.inputPage()).isEqualTo(IOVA);
        bus.write64(guestSlot(21), 0x40_0000_0000L | 0xE7);
        tables.map(second, 4, 0x40_0000_0000L, 30, 0x80_0000_0000L | 0x83, 3);
        expectTarget(read(IOVA + 8), IOVA + 8, 0x80_0000_0000L + inside + 8);
        assertThat(out.pageBytes()).isEqualTo(1 << 21);
        assertThat(out.inputPage()).isEqualTo(IOVA & -(1L << 21));
    }

    @Test
    void rightsAreThoseOfBothStages() {
        long secondLeaf = tables.slot(second, 4, GUEST_TARGET, 12);
        tables.clear(secondLeaf, 2);
        expectFault(write(IOVA), 0x85, FaultClass.PERMISSION);
        expectTarget(read(IOVA), IOVA, TARGET);
        tables.or(secondLeaf, 2);
        tables.clear(guestSlot(12), 2);
        expectFault(write(IOVA), 0x85, FaultClass.PERMISSION);
        tables.or(guestSlot(12), 2);
        tables.clear(secondLeaf, 1);
        expectFault(read(IOVA), 0x86, FaultClass.PERMISSION);
        expectTarget(write(IOVA), IOVA, TARGET);
        assertThat(out.permissions()).isEqualTo(Translation.WRITE);
    }

    @Test
    void guestAddressesMustFitTheSecondStage() {
        bus.write64(guestSlot(12), 1L << 48 | 0x67);
        expectFault(read(IOVA), 0x84, FaultClass.NOT_MAPPED);
        bus.write64(guestSlot(21), 1L << 48 | 0x27);
        expectFault(read(IOVA), 0x74, FaultClass.ILLEGAL_ENTRY);
        bus.write64(tables.pasidEntry() + 16, 1L << 48);
        expectFault(read(IOVA), 0x74, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void theSecondStageMustMapTheGuestsTables() {
        long leafTable = guestSlot(12) & -4096L;
        long slot = tables.slot(second, 4, leafTable + GUEST, 12);
        tables.clear(slot, 3);
        expectFault(read(IOVA), 0x79, FaultClass.NOT_MAPPED);
        tables.or(slot, 2);
        expectFault(read(IOVA), 0x76, FaultClass.PERMISSION);
        tables.or(slot, 1);
        long rootSlot = tables.slot(second, 4, first + GUEST, 12);
        tables.clear(rootSlot, 1);
        expectFault(read(IOVA), 0x75, FaultClass.PERMISSION);
    }

    @Test
    void flagsNeedATableThatTheSecondStageLetsBeWritten() {
        long slot = tables.slot(second, 4, (guestSlot(12) & -4096L) + GUEST, 12);
        tables.clear(slot, 2);
        expectTarget(write(IOVA), IOVA, TARGET);
        tables.clear(guestSlot(12), 1 << 6);
        expectTarget(read(IOVA), IOVA, TARGET);
        expectFault(write(IOVA), 0x77, FaultClass.PERMISSION);
        tables.clear(guestSlot(12), 1 << 5);
        expectFault(read(IOVA), 0x77, FaultClass.PERMISSION);
        tables.or(slot, 2);
        expectTarget(write(IOVA), IOVA, TARGET);
    }

    @Test
    void theGuestsOwnFaultsAreItsOwn() {
        bus.write64(guestSlot(12), 0);
        expectFault(read(IOVA), 0x71, FaultClass.NOT_MAPPED);
        bus.write64(guestSlot(12), GUEST_TARGET | 0x67 | 1L << 63);
        expectFault(read(IOVA), 0x72, FaultClass.ILLEGAL_ENTRY);
        bus.write64(guestSlot(12), GUEST_TARGET + 0x5000 | 0x67);
        expectFault(read(IOVA), 0x79, FaultClass.NOT_MAPPED);
    }

    @Test
    void secondStageLeavesOfANestedWalkMayBeKept() {
        read(IOVA);
        assertThat(reader.kept)
                .filteredOn(kept -> kept.tag() == CacheTag.secondStageLeaf(DID))
                .hasSize(5)
                .anySatisfy(kept -> {
                    assertThat(kept.first()).isEqualTo(GUEST_TARGET);
                    assertThat(kept.length()).isEqualTo(4096);
                });
        assertThat(reader.kept)
                .filteredOn(kept -> kept.cache().equals(VtdCaches.FIRST_STAGE_PAGING))
                .hasSize(3)
                .allMatch(kept -> kept.tag() == CacheTag.firstStage(DID, PASID, true, false));
    }
}
