package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static dev.hitless.iommu.hardware.vtd.TestTables.SID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest extends WalkerFixture {
    private static final long SPAN_39 = 1L << 39;

    @Test
    void everythingPresentButTheLeafIsKept() {
        firstStage();
        read(IOVA);
        long entryTag = CacheTag.firstStage(DID, PASID, false, false);
        assertThat(reader.kept)
                .containsExactly(
                        new RecordingReader.Kept("root entry", VtdCaches.CONTEXT, CacheTag.context(SID), 0, 0),
                        new RecordingReader.Kept("context entry", VtdCaches.CONTEXT, CacheTag.context(SID), 0, 0),
                        new RecordingReader.Kept(
                                "PASID directory entry", VtdCaches.PASID, CacheTag.pasidPiece(SID, PASID), 0, 0),
                        new RecordingReader.Kept(
                                "PASID entry", VtdCaches.PASID, CacheTag.pasidEntry(SID, PASID, DID), 0, 0),
                        kept("first-stage entry", entryTag, 39),
                        kept("first-stage entry", entryTag, 30),
                        kept("first-stage entry", entryTag, 21));
    }

    private static RecordingReader.Kept kept(String structure, long tag, int shift) {
        return new RecordingReader.Kept(structure, VtdCaches.FIRST_STAGE_PAGING, tag, IOVA & -1L << shift, 1L << shift);
    }

    @Test
    void secondStageEntriesAreKeptUnderTheDomainAlone() {
        secondStage();
        read(IOVA);
        assertThat(reader.kept.subList(4, 7)).allSatisfy(kept -> {
            assertThat(kept.cache()).isEqualTo(VtdCaches.SECOND_STAGE_PAGING);
            assertThat(kept.tag()).isEqualTo(CacheTag.secondStage(DID));
        });
        assertThat(reader.kept.get(4).length()).isEqualTo(SPAN_39);
        assertThat(reader.kept).hasSize(7);
        assertThat(reader.lookups).containsExactly(CacheTag.secondStage(DID));
    }

    @Test
    void entriesThatAreNotPresentAreKeptOnlyInCachingMode() {
        tables.pasidEntry(0, 0, 0);
        read(IOVA);
        assertThat(reader.structuresKept()).containsExactly("root entry", "context entry", "PASID directory entry");
        hardware("caching-mode=yes");
        read(IOVA);
        assertThat(reader.kept.get(3))
                .isEqualTo(new RecordingReader.Kept(
                        "PASID entry", VtdCaches.PASID, CacheTag.pasidPiece(SID, PASID), 0, 0));
        bus.write64(tables.directoryEntry(), 0);
        read(IOVA);
        assertThat(reader.structuresKept()).containsExactly("root entry", "context entry", "PASID directory entry");
        bus.write64(tables.contextEntry(), 0);
        read(IOVA);
        assertThat(reader.structuresKept()).containsExactly("root entry", "context entry");
        bus.write64(tables.rootEntry(), 0);
        read(IOVA);
        assertThat(reader.structuresKept()).containsExactly("root entry");
        hardware();
        read(IOVA);
        assertThat(reader.kept).isEmpty();
    }

    @Test
    void faultingEntriesAreKeptOnlyInCachingMode() {
        firstStage();
        tables.or(tables.pasidEntry() + 24, 1);
        read(IOVA);
        assertThat(reader.structuresKept()).doesNotContain("PASID entry");
        hardware("caching-mode=yes");
        read(IOVA);
        assertThat(reader.kept.get(3).tag()).isEqualTo(CacheTag.pasidEntry(SID, PASID, DID));
    }

    @Test
    void secondStageEntriesThatAreNotPresentAreKeptOnlyInCachingMode() {
        secondStage();
        read(IOVA + 0x1000);
        assertThat(reader.kept).hasSize(7);
        hardware("caching-mode=yes");
        read(IOVA + 0x1000);
        assertThat(reader.kept).hasSize(8);
        assertThat(reader.kept.get(7))
                .isEqualTo(new RecordingReader.Kept(
                        "second-stage entry",
                        VtdCaches.SECOND_STAGE_PAGING,
                        CacheTag.secondStageLeaf(DID),
                        IOVA + 0x1000,
                        4096));
    }

    @Test
    void firstStageEntriesThatAreNotPresentAreNeverKept() {
        firstStage();
        hardware("caching-mode=yes");
        read(IOVA + 0x1000);
        assertThat(reader.kept).hasSize(7);
    }

    @Test
    void unreadableStructuresAreNotKept() {
        hardware("caching-mode=yes");
        bus.write64(tables.directoryEntry(), NOWHERE | 1);
        read(IOVA);
        assertThat(reader.structuresKept()).isEqualTo(List.of("root entry", "context entry", "PASID directory entry"));
    }
}
