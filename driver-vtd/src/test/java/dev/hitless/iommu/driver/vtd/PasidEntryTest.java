package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.update.EntryContent;
import org.junit.jupiter.api.Test;

/** Golden values, put together by hand from the layout of VT-d spec 9.6. */
class PasidEntryTest {
    private static final PasidEntry FIRST = PasidEntry.firstStage(0x1234, 0xABC000, 4, 0, 2, true);
    private static final PasidEntry SECOND = PasidEntry.secondStage(0x42, 0xDEF000, 4, false);
    private static final PasidEntry NESTED =
            PasidEntry.nested(7, 0x5000, 5, PasidEntry.SUPERVISOR_REQUESTS, 0xDEF000, 5, true);
    private static final PasidEntry PASS = PasidEntry.passThrough(1, 3, true);

    @Test
    void firstStageHasRootInWordTwoAndTypeOne() {
        // P, AW = 2 at [4:2], PGTT = 1 at [8:6].
        assertThat(FIRST.word0()).isEqualTo(0x49L);
        // DID, PWSNP at 23.
        assertThat(FIRST.word1()).isEqualTo(0x80_1234L);
        assertThat(FIRST.word2()).isEqualTo(0xABC000L);
    }

    @Test
    void fiveLevelsAreFspmOne() {
        assertThat(PasidEntry.firstStage(2, 0x1000, 5, PasidEntry.NO_EXECUTE, 0, false)
                        .word2())
                .isEqualTo(0x1024L);
    }

    @Test
    void secondStageHasRootInWordZeroAndTypeTwo() {
        // P, AW = 2, PGTT = 2.
        assertThat(SECOND.word0()).isEqualTo(0xDEF089L);
        assertThat(SECOND.word1()).isEqualTo(0x42L);
        assertThat(SECOND.word2()).isZero();
    }

    @Test
    void nestedHasBothRootsAndTypeThree() {
        // P, AW = 3, PGTT = 3.
        assertThat(NESTED.word0()).isEqualTo(0xDEF0CDL);
        assertThat(NESTED.word1()).isEqualTo(0x80_0007L);
        // FSPM = 1 at [3:2], SRE.
        assertThat(NESTED.word2()).isEqualTo(0x5005L);
    }

    @Test
    void passThroughIsTypeFour() {
        // P, AW = 3, PGTT = 4.
        assertThat(PASS.word0()).isEqualTo(0x10DL);
        assertThat(PASS.word1()).isEqualTo(0x80_0001L);
        assertThat(PASS.word2()).isZero();
    }

    @Test
    void fencedIsNotPresentAndDoesNotLogFaults() {
        assertThat(PasidEntry.FENCED).isEqualTo(new PasidEntry(2, 0, 0));
        assertThat(PasidEntry.FENCED.isPresent()).isFalse();
    }

    @Test
    void hardwareIgnoresAllButTwoBitsOfAnEntryThatIsNotPresent() {
        assertThat(used(PasidEntry.NOT_PRESENT)).isEqualTo(EntryContent.of(3, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void onlyNestedEntriesUseBothRoots() {
        assertThat(used(FIRST)).isEqualTo(EntryContent.of(0xFFF, -1, -1, 0, 0, 0, 0, 0));
        assertThat(used(SECOND)).isEqualTo(EntryContent.of(-1, -1, 0, 0, 0, 0, 0, 0));
        assertThat(used(NESTED)).isEqualTo(EntryContent.of(-1, -1, -1, 0, 0, 0, 0, 0));
        assertThat(used(PASS)).isEqualTo(EntryContent.of(0xFFF, -1, 0, 0, 0, 0, 0, 0));
    }

    private static EntryContent used(PasidEntry entry) {
        return new PasidEntryLayout(true).used(PasidEntryLayout.content(entry));
    }

    @Test
    void theTagFollowsTheType() {
        Pasid pasid = Pasid.of(5);
        assertThat(FIRST.translationTag(pasid)).isEqualTo(TranslationTag.firstStage(0x1234, pasid));
        assertThat(SECOND.translationTag(pasid)).isEqualTo(TranslationTag.secondStage(0x42));
        assertThat(NESTED.translationTag(pasid)).isEqualTo(TranslationTag.nested(7, pasid));
        assertThat(PASS.translationTag(pasid)).isEqualTo(TranslationTag.firstStage(1, pasid));
    }

    @Test
    void theLayoutTellsThePlannerWhereTheTagIs() {
        PasidEntryLayout layout = new PasidEntryLayout(true);
        EntryContent content = PasidEntryLayout.content(FIRST);
        assertThat(layout.cacheTag(content))
                .hasValueSatisfying(tag -> assertThat(tag.read(content)).isEqualTo(0x1234));
        assertThat(layout.cacheTag(PasidEntryLayout.content(PasidEntry.NOT_PRESENT)))
                .isEmpty();
        assertThat(layout.parked(content).word(0)).isEqualTo(0x48L);
        assertThat(layout.parked(content).word(2)).isEqualTo(0xABC000L);
    }
}
