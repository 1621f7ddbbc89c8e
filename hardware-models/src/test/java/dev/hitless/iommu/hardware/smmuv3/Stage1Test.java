package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.StreamTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Stage1Test {
    private static final int ASID = 0x1234;
    private static final long VMID = 0;

    private final SmmuBench bench = SmmuBench.running();
    private final RecordingReader reader = new RecordingReader(bench.bus);
    private final long table = bench.singleContext(ASID);
    private final long descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L) & ~0x3FL;

    private Translation read(long iova) {
        return bench.translate(reader, SmmuBench.NO_PASID, iova);
    }

    private void contextWord0(long value) {
        bench.bus.write64(descriptor, value);
    }

    @Test
    void aPageIsTranslatedByFourLevelsAndTaggedWithItsAsid() {
        bench.map(table, 0, 0x7654_3210_F000L, 3, 0xABC_D000 | SmmuBench.S1_PAGE);
        Translation out = read(0x7654_3210_F123L);
        assertThat(out.output(0x7654_3210_F123L)).isEqualTo(0xABC_D123);
        assertThat(out.inputPage()).isEqualTo(0x7654_3210_F000L);
        assertThat(out.pageBytes()).isEqualTo(4096);
        assertThat(out.permissions()).isEqualTo(7);
        assertThat(out.cache()).isEqualTo(Smmuv3Caches.TLB);
        assertThat(out.tag()).isEqualTo(VMID << 16 | ASID);
        assertThat(reader.kept.subList(3, 6))
                .extracting(RecordingReader.Kept::first)
                .containsExactly(0x7600_0000_0000L & ~0x7F_FFFF_FFFFL, 0x7654_0000_0000L, 0x7654_3200_0000L);
        assertThat(reader.kept.subList(3, 6))
                .extracting(RecordingReader.Kept::length)
                .containsExactly(1L << 39, 1L << 30, 1L << 21);
        assertThat(reader.kept.subList(3, 6)).allMatch(kept -> kept.tag() == ASID);
    }

    @Test
    void theVmidTagsTranslationsOfStageOneAlone() {
        bench.bus.write64(bench.level2StreamTable + SmmuBench.SID * 64L + 16, 0x77);
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        assertThat(read(0).tag()).isEqualTo(0x77L << 16 | ASID);
    }

    @ParameterizedTest
    @CsvSource({"1, 0x40000000", "2, 0x200000"})
    void blocksOfOneGigaByteAndTwoMegaBytesAreLeaves(int level, String size) {
        long bytes = Long.decode(size);
        bench.map(table, 0, bytes, level, 3 * bytes | (SmmuBench.S1_PAGE & ~2L));
        Translation out = read(bytes + 0x12345);
        assertThat(out.output(bytes + 0x12345)).isEqualTo(3 * bytes + 0x12345);
        assertThat(out.pageBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"16, 0", "24, 0", "25, 1", "33, 1", "34, 2", "39, 2"})
    void theStartLevelFollowsFromT0sz(int t0sz, int startLevel) {
        long top = (1L << 64 - t0sz) - 4096;
        long root = bench.allocate();
        bench.words(descriptor, SmmuBench.CD_STAGE1 & ~0x3FL | t0sz | (long) ASID << 48, root);
        bench.map(root, startLevel, top & indexMask(t0sz), 3, 0x5000 | SmmuBench.S1_PAGE);
        assertThat(read(top + 8).output(top + 8)).isEqualTo(0x5008);
        assertFault(read(1L << 64 - t0sz), FaultClass.NOT_MAPPED, 0x10);
        assertFault(read(-1L << 64 - t0sz), FaultClass.NOT_MAPPED, 0x10);
    }

    private static long indexMask(int t0sz) {
        return (1L << 64 - t0sz) - 1;
    }

    @Test
    void lowBitsOfTheTableBaseBelowItsSizeAreIgnored() {
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        bench.bus.write64(descriptor + 8, table | 0x7F0);
        assertThat(read(0).output(0)).isEqualTo(0x5000);
    }

    @Test
    void invalidDescriptorsFaultAndAreNotKept() {
        bench.map(table, 0, 0, 3, 0);
        assertFault(read(0), FaultClass.NOT_MAPPED, 0x10);
        assertThat(reader.kept(Smmuv3Caches.STAGE1_WALK)).isTrue();
        assertThat(reader.structuresKept()).hasSize(6);
    }

    @Test
    void reservedTypesAreIllegal() {
        bench.map(table, 0, 0, 3, 0x5000 | (SmmuBench.S1_PAGE & ~2L));
        assertFault(read(0), FaultClass.ILLEGAL_ENTRY, 0x10);
        bench.bus.write64(table, 1L << 39 | (SmmuBench.S1_PAGE & ~2L));
        assertFault(read(0), FaultClass.ILLEGAL_ENTRY, 0x10);
    }

    @Test
    void outputsBeyondTheIntermediateSizeAreIllegal() {
        contextWord0(SmmuBench.CD_STAGE1 & ~(7L << 32));
        bench.map(table, 0, 0, 3, 1L << 32 | SmmuBench.S1_PAGE);
        assertFault(read(0), FaultClass.ILLEGAL_ENTRY, 0x11);
        bench.bus.write64(table, 1L << 32 | 3);
        assertFault(read(0), FaultClass.ILLEGAL_ENTRY, 0x11);
    }

    @Test
    void noMemoryAtATableIsAFailedWalk() {
        bench.bus.write64(table, 0x7000_0000 | 3);
        assertFault(read(0), FaultClass.ACCESS, 0x0B);
    }

    @Test
    void theAccessFlagFaultsUnlessThatIsDisabled() {
        bench.map(table, 0, 0, 3, 0x5000 | (SmmuBench.S1_PAGE & ~(1L << 10)));
        assertFault(read(0), FaultClass.PERMISSION, 0x12);
        contextWord0(SmmuBench.CD_STAGE1 | 1L << 35);
        assertThat(read(0).isFault()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0x40, 0, 7", // user, read-write
        "0xC0, 0, 5", // user, read-only
        "0x00, 0, 4", // privileged only: unprivileged code may be executed
        "0x0040000000000040, 0, 3", // UXN
        "0x40, 0x4000000000000000, 5", // APTable: no writes
        "0x40, 0x2000000000000000, 4", // APTable: no unprivileged access
        "0x40, 0x1000000000000000, 3", // UXNTable
    })
    void permissionsComeFromLeafAndTables(String leafBits, String tableBits, int permissions) {
        long plain = SmmuBench.S1_PAGE & ~0x40L;
        bench.map(table, 0, 0, 3, 0x5000 | plain | Long.decode(leafBits));
        bench.bus.write64(table, bench.bus.read64(table) | Long.decode(tableBits));
        assertThat(read(0).permissions()).isEqualTo(permissions);
        bench.bus.write64(descriptor + 8, table | 2);
        if (!tableBits.equals("0")) {
            assertThat(read(0).permissions()).as("HAD0").isEqualTo(7);
        }
    }

    @Test
    void writablePagesAreNotExecutableUnderWxn() {
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        contextWord0(SmmuBench.CD_STAGE1 | 1L << 36);
        assertThat(read(0).permissions()).isEqualTo(3);
    }

    @Test
    void attributesComeFromMairAndShareability() {
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE | 2L << 2);
        bench.bus.write64(descriptor + 24, 0x0044_00FF);
        long normal = read(0).attributes();
        assertThat(normal & 0x3FF).isEqualTo(3 << 8 | 0x44);
        bench.bus.write64(descriptor + 24, 0x0000_00FF);
        assertThat(read(0).attributes()).isNotEqualTo(normal);
    }

    @Test
    void globalPagesCarryNoAsid() {
        bench.map(table, 0, 0, 3, 0x5000 | (SmmuBench.S1_PAGE & ~(1L << 11)));
        assertThat(read(0).tag()).isEqualTo(1L << 32);
    }

    @Test
    void theTlbIsAskedForTheAsidAndThenForGlobalPages() {
        read(0);
        assertThat(reader.lookups).containsExactly((long) ASID, 1L << 32);
        Translation global = new Translation();
        global.translated(0, 0x9000, 4096, 7, 0);
        reader.cache(1L << 32, global);
        assertThat(read(0).output(0)).isEqualTo(0x9000);
    }

    @Test
    void aTlbHitServesEvenWhereWalkingIsForbidden() {
        contextWord0(SmmuBench.CD_STAGE1 | 1L << 14 | (long) ASID << 48);
        assertFault(read(0), FaultClass.BLOCKED, 0x10);
        Translation known = new Translation();
        known.translated(0, 0x9000, 4096, 7, 0);
        reader.cache(ASID, known);
        assertThat(read(0).output(0)).isEqualTo(0x9000);
    }

    @Test
    void theTopByteIsIgnoredWhereTheContextSaysSo() {
        bench.map(table, 0, 0x1000, 3, 0x5000 | SmmuBench.S1_PAGE);
        assertFault(read(0x5A00_0000_0000_1000L), FaultClass.NOT_MAPPED, 0x10);
        contextWord0(SmmuBench.CD_STAGE1 | 1L << 38);
        assertThat(read(0x5A00_0000_0000_1008L).output(0x5A00_0000_0000_1008L)).isEqualTo(0x5008);
    }

    @Test
    void theUpperHalfGoesThroughItsOwnTable() {
        long upper = bench.allocate();
        bench.map(upper, 1, 0x7F_FFFF_F000L, 3, 0x6000 | SmmuBench.S1_PAGE);
        // T1SZ 25, TG1 4 KiB, write-back walks.
        contextWord0(SmmuBench.CD_STAGE1 & ~(1L << 30) | 25L << 16 | 2L << 22 | 1L << 24 | 1L << 26 | 3L << 28);
        bench.bus.write64(descriptor + 16, upper);
        assertThat(read(-8L).output(-8L)).isEqualTo(0x6FF8);
        assertThat(reader.asked).containsEntry("CD", "0123");
        assertFault(read(-1L << 39 - 1 << 1), FaultClass.NOT_MAPPED, 0x10);
    }

    @Test
    void el2WithoutE2hHasNeitherAsidNorVmidNorUnprivilegedAccess() {
        bench.map(table, 0, 0, 3, 0x5000 | (SmmuBench.S1_PAGE & ~(1L << 6)));
        long ste0 = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L);
        bench.ste(SmmuBench.SID, ste0, SmmuBench.STE_S1_WALK | 2L << 30, 0x77);
        Translation out = read(0);
        assertThat(out.permissions()).isEqualTo(7);
        assertThat(out.tag()).isEqualTo(1L << 34);
        assertThat(reader.lookups).containsExactly(1L << 34);
    }

    @Test
    void el2WithoutE2hHasOneHalfThatIsAlwaysWalked() {
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        long ste0 = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L);
        bench.ste(SmmuBench.SID, ste0, SmmuBench.STE_S1_WALK | 2L << 30);
        // EPD0 set and EPD1 clear: both without effect here.
        contextWord0((SmmuBench.CD_STAGE1 | 1L << 14) & ~(1L << 30));
        assertThat(read(0).output(0)).isEqualTo(0x5000);
        assertFault(read(-8), FaultClass.NOT_MAPPED, 0x10);
    }

    @Test
    void el2WithE2hHasAnAsid() {
        bench.write(SmmuBench.CR0, 0);
        bench.write(0x2C, 1);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        long ste0 = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L);
        bench.ste(SmmuBench.SID, ste0, SmmuBench.STE_S1_WALK | 2L << 30);
        assertThat(read(0).tag()).isEqualTo(2L << 34 | ASID);
    }

    @Test
    void accessIsComparedByAdmission() {
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE | 1L << 7);
        Translation out = read(0);
        bench.model.walker().admit(new DmaRequest(SmmuBench.SID, -1, 0, false, false), out);
        assertThat(out.isFault()).isFalse();
        bench.model.walker().admit(new DmaRequest(SmmuBench.SID, -1, 0, true, false), out);
        assertFault(out, FaultClass.PERMISSION, 0x13);
    }

    @Test
    void atsRequestsNeedEats() {
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        DmaRequest ask = new DmaRequest(SmmuBench.SID, -1, 0, false, true);
        assertFault(bench.translate(reader, ask), FaultClass.BLOCKED, 0x05);
        long ste0 = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L);
        bench.ste(SmmuBench.SID, ste0, SmmuBench.STE_S1_WALK | SmmuBench.EATS_FULL);
        assertThat(bench.translate(reader, ask).output(0)).isEqualTo(0x5000);
        bench.ste(SmmuBench.SID, ste0 | 6L << 59, SmmuBench.STE_S1_WALK | SmmuBench.EATS_FULL);
        assertFault(bench.translate(reader, ask), FaultClass.BLOCKED, 0);
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS, SmmuBench.EATS_FULL);
        assertFault(bench.translate(reader, ask), FaultClass.BLOCKED, 0x05);
    }
}
