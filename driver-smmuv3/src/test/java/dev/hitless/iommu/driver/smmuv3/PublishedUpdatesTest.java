package dev.hitless.iommu.driver.smmuv3;

import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_BOTH;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_STAGE_1;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.EATS_FULL;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.MEV;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1DSS_BYPASS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1DSS_CD_0;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1STALLD;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2S;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.SHCFG_INCOMING;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryLayout;
import dev.hitless.iommu.driver.support.update.FetchModel;
import dev.hitless.iommu.driver.support.update.PlanChecker;
import dev.hitless.iommu.driver.support.update.PlanOptions;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import dev.hitless.iommu.driver.support.update.UpdatePlanner;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The transitions of Linux's arm-smmu-v3 KUnit suite, with this driver's layouts: as hitless as there with no more syncs;
 * and hitless where there they are not, because a leaf can be swapped.
 */
class PublishedUpdatesTest {
    private static final HardwareCapabilities HARDWARE = Hardware.full();
    private static final StreamTableEntries ENTRIES = new StreamTableEntries(HARDWARE);
    private static final EntryLayout STE = new StreamTableEntryLayout(true);
    private static final EntryLayout CD = new ContextDescriptorLayout(true);

    /** The fixture's: S1CDMax all ones, S1Fmt 64 KiB leaves. */
    private static final long TABLE_FIELDS = 31L << 59 | 2L << 4;

    private static final long POINTER_A = 0xF0F0_F0F0_F0C0L;
    private static final long POINTER_B = 0x4B4B_4B4B_4B40L;
    private static final long WRITE_BACK_INNER_SHAREABLE = 1L << 2 | 1L << 4 | 3L << 6;

    private static final EntryContent ABORT = ENTRIES.abort();
    private static final EntryContent BYPASS = ENTRIES.bypass();
    private static final EntryContent CDT = contextTable(S1DSS_CD_0, POINTER_A);
    private static final EntryContent CDT_BYPASS = contextTable(S1DSS_BYPASS, POINTER_A);
    /** The device may stall, and has no ATS. */
    private static final EntryContent CDT_STALL = CDT.withWord(1, S1DSS_CD_0 | WRITE_BACK_INNER_SHAREABLE);

    private static final EntryContent NO_CD = ContextDescriptor.NONE;

    private static EntryContent contextTable(long dss, long pointer) {
        long word1 = dss | WRITE_BACK_INNER_SHAREABLE | S1STALLD | EATS_FULL;
        return EntryContent.of(
                VALID | CONFIG_STAGE_1 | TABLE_FIELDS | pointer,
                dss == S1DSS_BYPASS ? word1 | SHCFG_INCOMING : word1,
                0,
                0,
                0,
                0,
                0,
                0);
    }

    private static EntryContent stage2(int vmid, boolean ats) {
        return ENTRIES.stage2(new StageTwoTable(vmid, 0x7_0000, 48, 4), ats);
    }

    private static EntryContent stage2Stall(int vmid) {
        EntryContent content = stage2(vmid, false);
        return content.withWord(2, content.word(2) | S2S);
    }

    /** Stage 1 on the same stage 2, S1DSS = bypass, with ATS and MEV. */
    private static EntryContent nestedBypass(int vmid) {
        EntryContent below = stage2(vmid, false);
        return below.withWord(0, VALID | CONFIG_BOTH | TABLE_FIELDS | POINTER_A).withWord(1, CDT_BYPASS.word(1) | MEV);
    }

    private static EntryContent stage1(int asid, long root) {
        return ContextDescriptor.of(HARDWARE, asid, root, 48, ContextDescriptor.OWN_MAIR);
    }

    private static EntryContent sva(int asid) {
        return ContextDescriptor.of(HARDWARE, asid, 0x8_0000, 48, ContextDescriptor.CPU_MAIR);
    }

    private static Arguments ste(String name, EntryContent from, EntryContent to, int syncs) {
        return Arguments.of(name, STE, from, to, syncs, ReplacePlan.IN_PLACE);
    }

    private static Arguments cd(String name, EntryContent from, EntryContent to, int syncs) {
        return Arguments.of(name, CD, from, to, syncs, ReplacePlan.IN_PLACE);
    }

    static Stream<Arguments> published() {
        return Stream.of(
                ste("1 bypass to abort", BYPASS, ABORT, 2),
                ste("2 abort to bypass", ABORT, BYPASS, 2),
                ste("3 cdtable to abort", CDT, ABORT, 2),
                ste("4 abort to cdtable", ABORT, CDT, 2),
                ste("5 cdtable to bypass", CDT, BYPASS, 3),
                ste("6 bypass to cdtable", BYPASS, CDT, 3),
                ste("7 s1dss change", CDT, CDT_BYPASS, 1),
                ste("7 s1dss change back", CDT_BYPASS, CDT, 1),
                ste("8 s1dss bypass to ste bypass", CDT_BYPASS, BYPASS, 2),
                ste("9 ste bypass to s1dss bypass", BYPASS, CDT_BYPASS, 2),
                ste("10 s2 to abort", stage2(0, true), ABORT, 2),
                ste("11 abort to s2", ABORT, stage2(0, true), 2),
                ste("12 s2 to bypass", stage2(0, true), BYPASS, 2),
                ste("13 bypass to s2", BYPASS, stage2(0, true), 2),
                ste("14 s1 to s2", CDT, stage2(0, true), 3),
                ste("15 s2 to s1", stage2(0, true), CDT, 3),
                Arguments.of(
                        "16 non hitless",
                        STE,
                        CDT,
                        contextTable(S1DSS_BYPASS, POINTER_B),
                        3,
                        ReplacePlan.BREAK_BEFORE_MAKE),
                cd("17 s1 set", NO_CD, stage1(1997, 0x6_0000), 2),
                cd("17 s1 clear", stage1(1997, 0x6_0000), NO_CD, 2),
                cd("18 change asid", stage1(778, 0x6_0000), stage1(1997, 0x6_0000), 1),
                cd("18 change asid back", stage1(1997, 0x6_0000), stage1(778, 0x6_0000), 1),
                ste("19 s1 to s2 stall", CDT_STALL, stage2Stall(0), 3),
                ste("20 s2 to s1 stall", stage2Stall(0), CDT_STALL, 3),
                ste("21 nested s1dss bypass to s1 bypass", nestedBypass(0), stage2(0, false), 3),
                ste("22 nested s1 bypass to s1dss bypass", stage2(0, false), nestedBypass(0), 2),
                cd("23 sva set", NO_CD, sva(1997), 2),
                cd("23 sva clear", sva(1997), NO_CD, 2),
                cd("24 sva release", sva(1997), ContextDescriptor.released(sva(1997)), 2),
                cd("24 sva unrelease", ContextDescriptor.released(sva(1997)), sva(1997), 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("published")
    void isAsHitlessAsInLinuxWithNoMoreSyncs(
            String name, EntryLayout layout, EntryContent from, EntryContent to, int syncs, ReplacePlan kind) {
        UpdatePlan plan = new UpdatePlanner(layout, false).plan(from, to, PlanOptions.DEFAULT.withSameTagMix());

        assertThat(plan.kind()).as("%s: %s", name, plan).isEqualTo(kind);
        assertThat(plan.syncs()).as("%s: %s", name, plan).isLessThanOrEqualTo(syncs);
        assertSound(layout, plan);
    }

    /** Linux breaks here, or does not try: with real VMIDs, and from one table to another. */
    static Stream<Arguments> brokenInLinux() {
        return Stream.of(
                Arguments.of("16 other pointer and s1dss", STE, CDT, contextTable(S1DSS_BYPASS, POINTER_B)),
                Arguments.of(
                        "s2 to another s2",
                        STE,
                        stage2(5, true),
                        stage2(6, true).withWord(3, 0x9_0000)),
                Arguments.of(
                        "nested to s2 of another",
                        STE,
                        nestedBypass(5),
                        stage2(6, true).withWord(3, 0x9_0000)),
                Arguments.of("s1 to another s1", CD, stage1(778, 0x6_0000), stage1(1997, 0x9_0000)),
                Arguments.of("s1 to sva", CD, stage1(778, 0x6_0000), sva(1997)),
                Arguments.of("sva to s1", CD, sva(1997), stage1(778, 0x6_0000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenInLinux")
    void isHitlessBySwappingTheLeaf(String name, EntryLayout layout, EntryContent from, EntryContent to) {
        UpdatePlanner planner = new UpdatePlanner(layout, false);

        assertThat(planner.plan(from, to, PlanOptions.DEFAULT).hitless())
                .as("%s without a swap", name)
                .isFalse();
        UpdatePlan plan = planner.plan(from, to, PlanOptions.DEFAULT.withLeafSwap());
        assertThat(plan.kind()).as("%s: %s", name, plan).isEqualTo(ReplacePlan.LEAF_SWAP);
        assertSound(layout, plan);
    }

    /** Linux breaks here with real VMIDs: the VMID changes by itself before or after the switch, with no more syncs. */
    static Stream<Arguments> brokenInLinuxWithRealVmids() {
        return Stream.of(
                Arguments.of("14 s1 to s2", CDT, stage2(5, true)),
                Arguments.of("15 s2 to s1", stage2(5, true), CDT),
                Arguments.of("19 s1 to s2 stall", CDT_STALL, stage2Stall(5)),
                Arguments.of("20 s2 to s1 stall", stage2Stall(5), CDT_STALL));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenInLinuxWithRealVmids")
    void isHitlessWithTheVmidChangedByItself(String name, EntryContent from, EntryContent to) {
        UpdatePlan plan = new UpdatePlanner(STE, false).plan(from, to, PlanOptions.DEFAULT);

        assertThat(plan.kind()).as("%s: %s", name, plan).isEqualTo(ReplacePlan.TRANSIT_TAG);
        assertThat(plan.syncs()).as("%s: %s", name, plan).isLessThanOrEqualTo(3);
        assertThat(plan.hitless()).isTrue();
    }

    /** With real VMIDs what was in place stays so, as long as only one side has stage 2. */
    @Test
    void abortAndBypassLeadToStage2InPlaceWithARealVmid() {
        for (EntryContent from : List.of(ABORT, BYPASS)) {
            UpdatePlan plan = new UpdatePlanner(STE, false).plan(from, stage2(5, true), PlanOptions.DEFAULT);
            assertThat(plan.kind()).isEqualTo(ReplacePlan.IN_PLACE);
            assertThat(plan.syncs()).isEqualTo(2);
            assertSound(STE, plan);
        }
    }

    /** Hardware that reads words in any order sees old, new, or (if the plan says so) nothing. */
    private static void assertSound(EntryLayout layout, UpdatePlan plan) {
        long valid = layout == CD ? ContextDescriptor.VALID : VALID;
        PlanChecker checker = new PlanChecker(layout, new FetchModel(1, FetchModel.Order.ANY, 0, valid));
        assertThat(checker.stale(plan)).as("%s", plan).isEmpty();
        if (plan.hitless()) {
            assertThat(checker.torn(plan)).as("%s", plan).isEmpty();
        } else {
            assertThat(checker.torn(plan))
                    .as("%s", plan)
                    .isNotEmpty()
                    .allMatch(view -> (view.content().word(0) & valid) == 0);
        }
    }
}
