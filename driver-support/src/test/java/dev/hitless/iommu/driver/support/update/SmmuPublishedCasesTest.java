package dev.hitless.iommu.driver.support.update;

import static dev.hitless.iommu.driver.support.update.SmmuEntries.POINTER_A;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.POINTER_B;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.S1DSS_BYPASS;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.S1DSS_SSID0;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.abort;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.bypass;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.cdTable;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.nestedBypass;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.stage1Cd;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.stage2;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.svaCd;
import static dev.hitless.iommu.driver.support.update.SmmuEntries.svaReleasedCd;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplacePlan;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The 24 transitions of the Linux KUnit suite for SMMUv3: as hitless as there, with no more syncs. */
class SmmuPublishedCasesTest {
    private static final EntryContent NO_CD = EntryContent.zero(8);

    private static Arguments ste(String name, EntryContent from, EntryContent to, int syncs, ReplacePlan kind) {
        return Arguments.of(name, new SmmuEntries.SteLayout(), from, to, syncs, kind);
    }

    private static Arguments cd(String name, EntryContent from, EntryContent to, int syncs) {
        return Arguments.of(name, new SmmuEntries.CdLayout(), from, to, syncs, ReplacePlan.IN_PLACE);
    }

    static Stream<Arguments> cases() {
        EntryContent cdt = cdTable(S1DSS_SSID0, POINTER_A);
        EntryContent cdtBypass = cdTable(S1DSS_BYPASS, POINTER_A);
        EntryContent cdtStall = cdTable(S1DSS_SSID0, POINTER_A, false, true);
        ReplacePlan hitless = ReplacePlan.IN_PLACE;
        return Stream.of(
                ste("1 bypass to abort", bypass(), abort(), 2, hitless),
                ste("2 abort to bypass", abort(), bypass(), 2, hitless),
                ste("3 cdtable to abort", cdt, abort(), 2, hitless),
                ste("4 abort to cdtable", abort(), cdt, 2, hitless),
                ste("5 cdtable to bypass", cdt, bypass(), 3, hitless),
                ste("6 bypass to cdtable", bypass(), cdt, 3, hitless),
                ste("7 s1dss change", cdt, cdtBypass, 1, hitless),
                ste("7 s1dss change back", cdtBypass, cdt, 1, hitless),
                ste("8 s1dss bypass to ste bypass", cdtBypass, bypass(), 2, hitless),
                ste("9 ste bypass to s1dss bypass", bypass(), cdtBypass, 2, hitless),
                ste("10 s2 to abort", stage2(true, false, 0), abort(), 2, hitless),
                ste("11 abort to s2", abort(), stage2(true, false, 0), 2, hitless),
                ste("12 s2 to bypass", stage2(true, false, 0), bypass(), 2, hitless),
                ste("13 bypass to s2", bypass(), stage2(true, false, 0), 2, hitless),
                ste("14 s1 to s2", cdt, stage2(true, false, 0), 3, hitless),
                ste("15 s2 to s1", stage2(true, false, 0), cdt, 3, hitless),
                ste("16 non hitless", cdt, cdTable(S1DSS_BYPASS, POINTER_B), 3, ReplacePlan.BREAK_BEFORE_MAKE),
                cd("17 s1 set", NO_CD, stage1Cd(1997, 0x6_0000), 2),
                cd("17 s1 clear", stage1Cd(1997, 0x6_0000), NO_CD, 2),
                cd("18 change asid", stage1Cd(778, 0x6_0000), stage1Cd(1997, 0x6_0000), 1),
                cd("18 change asid back", stage1Cd(1997, 0x6_0000), stage1Cd(778, 0x6_0000), 1),
                ste("19 s1 to s2 stall", cdtStall, stage2(false, true, 0), 3, hitless),
                ste("20 s2 to s1 stall", stage2(false, true, 0), cdtStall, 3, hitless),
                ste("21 nested s1dss bypass to s1 bypass", nestedBypass(), stage2(false, false, 0), 3, hitless),
                ste("22 nested s1 bypass to s1dss bypass", stage2(false, false, 0), nestedBypass(), 2, hitless),
                cd("23 sva set", NO_CD, svaCd(1997), 2),
                cd("23 sva clear", svaCd(1997), NO_CD, 2),
                cd("24 sva release", svaCd(1997), svaReleasedCd(1997), 2),
                cd("24 sva unrelease", svaReleasedCd(1997), svaCd(1997), 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAsHitlessAsInLinuxWithNoMoreSyncs(
            String name, EntryLayout layout, EntryContent from, EntryContent to, int syncs, ReplacePlan kind) {
        UpdatePlan plan = new UpdatePlanner(layout, false).plan(from, to, PlanOptions.DEFAULT.withSameTagMix());

        assertThat(plan.kind()).as("%s", plan).isEqualTo(kind);
        assertThat(plan.syncs()).as("%s", plan).isEqualTo(syncs);
        assertThat(Plans.contentAfter(plan)).isEqualTo(to);
        for (FetchModel.Order order : FetchModel.Order.values()) {
            PlanChecker checker = new PlanChecker(layout, fetch(layout, order));
            assertThat(checker.stale(plan)).as("%s", plan).isEmpty();
            if (plan.hitless()) {
                assertThat(checker.torn(plan)).as("%s", plan).isEmpty();
            } else {
                assertThat(Plans.tornAndNotBlocked(checker, layout, plan)).isEmpty();
                assertThat(checker.torn(plan)).as("the blocked window").isNotEmpty();
            }
        }
    }

    /** What Linux's fixture hides by using VMID 0 for stage 2: with a real one, two words change. */
    @Test
    void stageOneToStageTwoWithRealVmidNeedsABreak() {
        UpdatePlan plan = new UpdatePlanner(new SmmuEntries.SteLayout(), false)
                .plan(cdTable(S1DSS_SSID0, POINTER_A), stage2(true, false, 5), PlanOptions.DEFAULT);

        assertThat(plan.kind()).isEqualTo(ReplacePlan.BREAK_BEFORE_MAKE);
    }

    /** What Linux's suite does not try at all: one paging domain for another. */
    @Test
    void stageOneToStageOneIsHitlessByLeafSwapOnly() {
        UpdatePlanner planner = new UpdatePlanner(new SmmuEntries.CdLayout(), false);
        EntryContent from = stage1Cd(778, 0x6_0000);
        EntryContent to = stage1Cd(1997, 0x9_0000);

        assertThat(planner.plan(from, to, PlanOptions.DEFAULT).hitless()).isFalse();
        UpdatePlan plan = planner.plan(from, to, PlanOptions.DEFAULT.withLeafSwap());
        assertThat(plan.kind()).isEqualTo(ReplacePlan.LEAF_SWAP);
        PlanChecker checker =
                new PlanChecker(new SmmuEntries.CdLayout(), fetch(new SmmuEntries.CdLayout(), FetchModel.Order.ANY));
        assertThat(checker.torn(plan)).isEmpty();
        assertThat(checker.stale(plan)).isEmpty();
    }

    private static FetchModel fetch(EntryLayout layout, FetchModel.Order order) {
        long valid = layout instanceof SmmuEntries.CdLayout ? SmmuEntries.CdLayout.CD_V : 1;
        return new FetchModel(1, order, 0, valid);
    }
}
