package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static dev.hitless.iommu.hardware.vtd.TestTables.SID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.Translation;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VtdWalkerTest extends WalkerFixture {
    @Test
    void withTranslationOffRequestsWithoutPasidPass() {
        VtdWalker off = new VtdWalker(false, 0, capabilities, new VtdStructures(capabilities));
        DmaRequest plain = new DmaRequest(SID, DmaRequest.NO_PASID, 0x1234_5678, true, false);
        off.translate(plain, reader, out);
        off.admit(plain, out);
        expectTarget(out, 0x1234_5678, 0x1234_5678);
        assertThat(out.cache()).isNull();
        off.translate(new DmaRequest(SID, PASID, 0x1000, false, false), reader, out);
        expectFault(out, 0, FaultClass.BLOCKED);
    }

    @ParameterizedTest
    @CsvSource({"0, 0x30, ILLEGAL_ENTRY", "2, 0x30, ILLEGAL_ENTRY", "3, 0x33, BLOCKED"})
    void otherTableModesTranslateNothing(long mode, int code, FaultClass faultClass) {
        rootPointer = tables.root | mode << 10;
        expectFault(read(IOVA), code, faultClass);
    }

    @Test
    void aRootTableWithoutMemoryIsAnAccessFault() {
        rootPointer = NOWHERE | 1L << 10;
        expectFault(read(IOVA), 0x38, FaultClass.ACCESS);
    }

    @Test
    void aRootEntryThatIsNotPresentBlocks() {
        tables.clear(tables.rootEntry(), 1);
        expectFault(read(IOVA), 0x39, FaultClass.BLOCKED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 11, 52, 63})
    void reservedBitsOfTheRootEntryAreIllegal(int bit) {
        tables.or(tables.rootEntry(), 1L << bit);
        expectFault(read(IOVA), 0x3A, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void devicesFromDevfn80OnUseTheUpperHalf() {
        firstStage();
        int upper = 0x0391;
        DmaRequest request = new DmaRequest(upper, PASID, IOVA, false, false);
        expectFault(translate(request), 0x39, FaultClass.BLOCKED);
        bus.write64(tables.rootEntry() + 8, tables.contextTable | 1);
        expectTarget(translate(request), IOVA, TARGET);
    }

    @Test
    void aContextTableWithoutMemoryIsAnAccessFault() {
        bus.write64(tables.rootEntry(), NOWHERE | 1);
        expectFault(read(IOVA), 0x40, FaultClass.ACCESS);
    }

    @Test
    void aContextEntryThatIsNotPresentBlocks() {
        tables.clear(tables.contextEntry(), 1);
        expectFault(read(IOVA), 0x41, FaultClass.BLOCKED);
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "0, 8", "0, 52", "0, 63", "1, 21", "1, 63", "2, 0", "2, 63", "3, 0", "3, 63"})
    void reservedBitsOfTheContextEntryAreIllegal(int word, int bit) {
        tables.or(tables.contextEntry() + word * 8L, 1L << bit);
        expectFault(read(IOVA), 0x42, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @CsvSource({"device-tlb=no, 0, 2", "pasid=no, 0, 3", "page-requests=no, 0, 4", "supervisor-requests=no, 1, 20"})
    void contextBitsOfMissingFeaturesAreReserved(String option, int word, int bit) {
        firstStage();
        tables.or(tables.contextEntry() + word * 8L, 1L << bit);
        expectTarget(read(IOVA), IOVA, TARGET);
        hardware(option);
        expectFault(read(IOVA), 0x42, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void translationRequestsNeedDte() {
        firstStage();
        expectTarget(ask(IOVA), IOVA, TARGET);
        tables.clear(tables.contextEntry(), 1 << 2);
        expectFault(ask(IOVA), 0x44, FaultClass.BLOCKED);
        expectTarget(read(IOVA), IOVA, TARGET);
    }

    @Test
    void requestsWithPasidNeedPaside() {
        tables.clear(tables.contextEntry(), 1 << 3);
        expectFault(read(IOVA), 0x45, FaultClass.BLOCKED);
    }

    @Test
    void thePasidMustFitTheDirectory() {
        DmaRequest request = new DmaRequest(SID, 1 << 13, IOVA, false, false);
        expectFault(translate(request), 0x46, FaultClass.BLOCKED);
        tables.or(tables.contextEntry(), 1 << 9); // PDTS=1: 14 bits
        bus.write64(tables.contextEntry(), bus.read64(tables.contextEntry()) & 0xFFF | bus.allocate(2048, true));
        expectFault(translate(request), 0x51, FaultClass.BLOCKED);
    }

    @Test
    void thePasidMustFitTheHardware() {
        hardware("pasid-bits=8");
        expectFault(read(IOVA), 0x46, FaultClass.BLOCKED);
    }

    @Test
    void requestsWithoutPasidUseRidPasid() {
        firstStage();
        expectFault(readWithoutPasid(IOVA), 0x59, FaultClass.BLOCKED);
        tables.or(tables.contextEntry() + 8, PASID);
        expectTarget(readWithoutPasid(IOVA), IOVA, TARGET);
        tables.or(tables.contextEntry() + 8, 1 << 13);
        expectFault(readWithoutPasid(IOVA), 0x48, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void theDirectoryIsCheckedEntryByEntry() {
        bus.write64(tables.directoryEntry(), NOWHERE | 1);
        expectFault(read(IOVA), 0x58, FaultClass.ACCESS);
        bus.write64(tables.directoryEntry(), tables.leaf);
        expectFault(read(IOVA), 0x51, FaultClass.BLOCKED);
        for (int bit : new int[] {2, 11, 52, 63}) {
            bus.write64(tables.directoryEntry(), tables.leaf | 1 | 1L << bit);
            expectFault(read(IOVA), 0x52, FaultClass.ILLEGAL_ENTRY);
        }
        bus.write64(tables.contextEntry(), NOWHERE | 9);
        expectFault(read(IOVA), 0x50, FaultClass.ACCESS);
    }

    @Test
    void aPasidEntryThatIsNotPresentBlocksWhateverElseItHolds() {
        firstStage();
        tables.clear(tables.pasidEntry(), 1);
        tables.or(tables.pasidEntry() + 56, -1L);
        expectFault(read(IOVA), 0x59, FaultClass.BLOCKED);
    }

    static IntStream reservedBits() {
        IntStream words = IntStream.range(3 * 64, 8 * 64);
        IntStream first = IntStream.of(10, 11);
        IntStream second = IntStream.concat(IntStream.rangeClosed(64 + 16, 64 + 22), IntStream.range(64 + 25, 128));
        IntStream third = IntStream.concat(IntStream.rangeClosed(128 + 8, 128 + 11), IntStream.range(128 + 52, 192));
        return IntStream.concat(IntStream.concat(first, second), IntStream.concat(third, words));
    }

    @ParameterizedTest
    @MethodSource("reservedBits")
    void everyReservedBitOfAPasidEntryIsIllegal(int bit) {
        firstStage();
        expectTarget(read(IOVA), IOVA, TARGET);
        tables.or(tables.pasidEntry() + bit / 64 * 8L, 1L << bit);
        expectFault(read(IOVA), 0x5A, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @CsvSource({
        "second-stage-dirty=no, 0, 9",
        "page-walk-coherent=no, 1, 23",
        "snoop-control=no, 1, 24",
        "supervisor-requests=no, 2, 0",
        "execute-requests=no, 2, 1",
        "supervisor-requests=no, 2, 4",
        "extended-accessed=no, 2, 7"
    })
    void pasidEntryBitsOfMissingFeaturesAreReserved(String option, int word, int bit) {
        firstStage();
        tables.map(tables.page(), 4, IOVA, 12, TARGET | 0x467, 0x427);
        tables.clear(tables.pasidEntry() + 8, PWSNP);
        hardware(option);
        expectTarget(read(IOVA), IOVA, TARGET);
        tables.or(tables.pasidEntry() + word * 8L, 1L << bit);
        expectFault(read(IOVA), 0x5A, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void pointersThatTheTypeDoesNotUseAreIgnored() {
        firstStage();
        tables.or(tables.pasidEntry(), 1L << 60);
        expectTarget(read(IOVA), IOVA, TARGET);
        secondStage();
        tables.or(tables.pasidEntry() + 16, 1L << 60);
        expectTarget(read(IOVA), IOVA, TARGET);
        tables.or(tables.pasidEntry(), 1L << 60);
        expectFault(read(IOVA), 0x5A, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5, 6, 7})
    void otherTranslationTypesAreInvalid(long type) {
        tables.pasidEntry(type << 6 | 2 << 2 | 1, DID, 0);
        expectFault(read(IOVA), 0x5B, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @CsvSource({"first-stage=no, 1", "second-stage=no, 2", "nested=no, 3", "first-stage=no, 3", "pass-through=no, 4"})
    void translationTypesThatAreMissingAreInvalid(String option, long type) {
        hardware(option);
        tables.pasidEntry(tables.page() | type << 6 | 2 << 2 | 1, DID, tables.page());
        expectFault(read(IOVA), 0x5B, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @CsvSource({"levels=5, 0", "levels=5, 4", "levels=4, 3", "levels=3, 2", "levels=5, 7"})
    void secondStageWidthsThatAreMissingAreInvalid(String option, long width) {
        hardware(option);
        for (long type : new long[] {2, 3, 4}) {
            tables.pasidEntry(tables.page() | type << 6 | width << 2 | 1, DID, tables.page());
            expectFault(read(IOVA), 0x5B, FaultClass.ILLEGAL_ENTRY);
        }
    }

    @Test
    void firstStageModesThatAreMissingAreInvalid() {
        firstStage();
        tables.or(tables.pasidEntry() + 16, 2 << 2);
        expectFault(read(IOVA), 0x5B, FaultClass.ILLEGAL_ENTRY);
        firstStage();
        tables.or(tables.pasidEntry() + 16, 1 << 2);
        hardware("levels=4");
        expectFault(read(IOVA), 0x5B, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void domainZeroIsTakenInCachingMode() {
        firstStage();
        tables.clear(tables.pasidEntry() + 8, 0xFFFF);
        expectTarget(read(IOVA), IOVA, TARGET);
        hardware("caching-mode=yes");
        expectFault(read(IOVA), 0x5B, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void passThroughIsTheIdentityUpToTheHostsWidth() {
        tables.pasidEntry(4 << 6 | 2 << 2 | 1, DID, 0);
        expectTarget(read(IOVA + 5), IOVA + 5, IOVA + 5);
        assertThat(out.tag()).isEqualTo(CacheTag.firstStage(DID, PASID, false, false));
        expectFault(read(1L << 52), 0x83, FaultClass.NOT_MAPPED);
        expectFault(write(0xFEE0_1000L), 0x87, FaultClass.PERMISSION);
        expectTarget(write(0xFEDF_FFFFL), 0xFEDF_FFFFL, 0xFEDF_FFFFL);
        expectTarget(write(0xFEF0_0000L), 0xFEF0_0000L, 0xFEF0_0000L);
    }

    @Test
    void interruptsBypassTranslationOnlyWithoutPasid() {
        DmaRequest interrupt = new DmaRequest(SID, DmaRequest.NO_PASID, 0xFEE1_2344L, true, false);
        expectTarget(translate(interrupt), 0xFEE1_2344L, 0xFEE1_2344L);
        assertThat(reader.fetched).isEmpty();
        expectFault(readWithoutPasid(0xFEE1_2344L), 0x87, FaultClass.PERMISSION);
        expectFault(
                translate(new DmaRequest(SID, DmaRequest.NO_PASID, 0xFEE1_2344L, true, true)),
                0x87,
                FaultClass.PERMISSION);
        long table = firstStage();
        tables.map(table, 4, 0xFEE1_2000L, 12, TARGET | 0x67, 0x27);
        expectTarget(write(0xFEE1_2344L), 0xFEE1_2344L, TARGET + 0x344);
        tables.map(table, 4, 0x5000, 12, 0xFEE0_0000L | 0x67, 0x27);
        expectFault(write(0x5000), 0x87, FaultClass.PERMISSION);
    }

    @Test
    void aResultFoundInTheIotlbEndsTheWalk() {
        firstStage();
        Translation cached = new Translation();
        cached.translated(IOVA, 0x9000, 4096, Translation.READ, 0);
        VtdWalker walker = new VtdWalker(true, rootPointer, capabilities, new VtdStructures(capabilities));
        DmaRequest request = new DmaRequest(SID, PASID, IOVA, false, false);
        walker.translate(request, new CachingReader(bus, CacheTag.firstStage(DID, PASID, true, false), cached), out);
        expectTarget(out, IOVA, 0x9000);
        walker.translate(request, new CachingReader(bus, CacheTag.secondStage(DID), cached), out);
        expectTarget(out, IOVA, TARGET);
    }

    @Test
    void structuresAreFetchedAsTheHardwareSays() {
        VtdStructures structures = new VtdStructures(capabilities);
        assertThat(structures.pasidEntry)
                .isEqualTo(new StructureKind("PASID entry", 8, 2, StructureKind.FetchOrder.VALID_FIRST, 0, true));
        assertThat(structures.contextEntry.words()).isEqualTo(4);
        hardware("coherent=no", "fetch-order=any");
        structures = new VtdStructures(capabilities);
        assertThat(structures.pasidEntry)
                .isEqualTo(new StructureKind("PASID entry", 8, 2, StructureKind.FetchOrder.ANY, 0, false));
        assertThat(structures.rootEntry.snooped()).isFalse();
        assertThat(structures.directoryEntry.snooped()).isFalse();
    }

    @Test
    void pageWalksSnoopOnlyIfTheEntryAsksForIt() {
        firstStage();
        read(IOVA);
        assertThat(reader.fetched.get(4).snooped()).isTrue();
        tables.clear(tables.pasidEntry() + 8, PWSNP);
        read(IOVA);
        assertThat(reader.fetched.get(4).name()).isEqualTo("first-stage entry");
        assertThat(reader.fetched.get(4).snooped()).isFalse();
    }
}
