package dev.hitless.iommu.driver.support.update;

import static dev.hitless.iommu.driver.support.update.VtdPasidEntries.firstStage;
import static dev.hitless.iommu.driver.support.update.VtdPasidEntries.nested;
import static dev.hitless.iommu.driver.support.update.VtdPasidEntries.passThrough;
import static dev.hitless.iommu.driver.support.update.VtdPasidEntries.secondStage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.FetchModel.Order;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The entries of two vendors whose stores are wider than a word. */
class VendorEntriesTest {
    private static final VtdPasidEntries PASID_ENTRY = new VtdPasidEntries();
    private static final AmdDeviceTableEntries DTE = new AmdDeviceTableEntries();
    private static final List<EntryContent> ATTACHED = List.of(
            firstStage(7, 0x1_0000),
            firstStage(8, 0x2_0000),
            secondStage(9, 0x3_0000),
            secondStage(10, 0x4_0000),
            nested(11, 0x5_0000, 0x3_0000),
            nested(12, 0x6_0000, 0x4_0000),
            passThrough());

    /** Rows and columns as in ATTACHED; i: one quantum, t: tag and root apart, s: needs a leaf swap, -: same. */
    private static final List<String> WAYS =
            List.of("-tiissi", "t-iissi", "ii-iiii", "iii-iii", "ssii-si", "ssiis-i", "iiiiii-");

    @ParameterizedTest
    @EnumSource
    void everyPasidReplacementIsHitlessInEveryView(Order order) {
        UpdatePlanner planner = new UpdatePlanner(PASID_ENTRY, true);
        PlanChecker checker = new PlanChecker(PASID_ENTRY, new FetchModel(2, order, 0, 1));
        PlanOptions withTag = PlanOptions.DEFAULT.withTransitTag(99).withLeafSwap();
        for (int from = 0; from < ATTACHED.size(); from++) {
            for (int to = 0; to < ATTACHED.size(); to++) {
                EntryContent old = ATTACHED.get(from);
                EntryContent target = ATTACHED.get(to);
                UpdatePlan plan = planner.plan(old, target, withTag);
                ReplacePlan expected =
                        switch (WAYS.get(from).charAt(to)) {
                            case 'i' -> ReplacePlan.IN_PLACE;
                            case 't' -> ReplacePlan.TRANSIT_TAG;
                            case 's' -> ReplacePlan.LEAF_SWAP;
                            default -> ReplacePlan.NONE;
                        };
                assertThat(plan.kind()).as("%s", plan).isEqualTo(expected);
                assertThat(checker.stale(plan)).as("%s", plan).isEmpty();
                if (plan.kind() == ReplacePlan.TRANSIT_TAG) {
                    assertThat(checker.rejected(plan, content -> isOwnTable(content, old, target, 99)))
                            .isEmpty();
                } else {
                    assertThat(checker.torn(plan)).as("%s", plan).isEmpty();
                }
            }
        }
    }

    /** Each domain id only ever stands with its own table; the transit one with either. */
    private static boolean isOwnTable(EntryContent content, EntryContent old, EntryContent target, long transit) {
        EntryContent relevant = content.and(PASID_ENTRY.used(content));
        return List.of(old, target, old.withWord(1, transit), target.withWord(1, transit))
                .contains(relevant);
    }

    @Test
    void withoutTransitTagAndLeafSwapTheSameCellsAreBrokenAsUpstream() {
        UpdatePlanner planner = new UpdatePlanner(PASID_ENTRY, true);
        PlanChecker checker = new PlanChecker(PASID_ENTRY, new FetchModel(2, Order.ANY, 0, 1));
        for (int from = 0; from < ATTACHED.size(); from++) {
            for (int to = 0; to < ATTACHED.size(); to++) {
                UpdatePlan plan = planner.plan(ATTACHED.get(from), ATTACHED.get(to), PlanOptions.DEFAULT);
                boolean oneQuantum = "i-".indexOf(WAYS.get(from).charAt(to)) >= 0;
                assertThat(plan.hitless()).as("%s", plan).isEqualTo(oneQuantum);
                assertThat(Plans.tornAndNotBlocked(checker, PASID_ENTRY, plan)).isEmpty();
            }
        }
    }

    /** Without 128-bit stores a quantum is not one store, whatever hardware reads at once. */
    @Test
    void withoutWideStoresTheTagIsAUnitOfItsOwn() {
        UpdatePlanner planner = new UpdatePlanner(PASID_ENTRY, false);
        PlanChecker checker = new PlanChecker(PASID_ENTRY, new FetchModel(2, Order.ANY, 0, 1));

        UpdatePlan plan = planner.plan(secondStage(9, 0x3_0000), secondStage(10, 0x4_0000), PlanOptions.DEFAULT);
        assertThat(plan.kind()).isEqualTo(ReplacePlan.BREAK_BEFORE_MAKE);
        assertThat(Plans.tornAndNotBlocked(checker, PASID_ENTRY, plan)).isEmpty();

        UpdatePlan transit = planner.plan(
                secondStage(9, 0x3_0000), secondStage(10, 0x4_0000), PlanOptions.DEFAULT.withTransitTag(99));
        assertThat(transit.kind()).isEqualTo(ReplacePlan.TRANSIT_TAG);
        assertThat(checker.stale(transit)).isEmpty();
    }

    @Test
    void transitTagIsCleanedBeforeItIsGivenBackAndSoIsTheOldTagBeforeTheLastLeg() {
        UpdatePlan plan = new UpdatePlanner(PASID_ENTRY, true)
                .plan(firstStage(7, 0x1_0000), firstStage(8, 0x2_0000), PlanOptions.DEFAULT.withTransitTag(99));

        List<Long> cleaned = plan.steps().stream()
                .filter(step ->
                        step instanceof PlanStep.Invalidate invalidate && invalidate.scope() == CacheScope.TRANSLATION)
                .map(step -> ((PlanStep.Invalidate) step).replaced().word(1))
                .toList();
        assertThat(cleaned).containsExactly(7L, 99L);
        assertThat(plan.steps().get(plan.steps().size() - 1))
                .isInstanceOfSatisfying(PlanStep.Invalidate.class, step -> assertThat(step.scope())
                        .isEqualTo(CacheScope.DEVICE));
        assertThat(plan.stores()).isEqualTo(3);
        assertThat(plan.syncs()).isEqualTo(3);
    }

    @Test
    void sameTagWithAnotherTableIsNotSwitchedInPlaceUnlessMixingIsAllowed() {
        UpdatePlanner planner = new UpdatePlanner(PASID_ENTRY, true);
        EntryContent from = firstStage(1, 0x1_0000);
        EntryContent to = firstStage(1, 0x2_0000);

        assertThat(planner.plan(from, to, PlanOptions.DEFAULT.withSameTagMix()).kind())
                .isEqualTo(ReplacePlan.IN_PLACE);
        assertThat(planner.plan(from, to, PlanOptions.DEFAULT.withLeafSwap()).kind())
                .isEqualTo(ReplacePlan.BREAK_BEFORE_MAKE);
        assertThat(planner.plan(from, to, PlanOptions.DEFAULT.withTransitTag(99))
                        .kind())
                .isEqualTo(ReplacePlan.TRANSIT_TAG);
    }

    @Test
    void deviceTableEntryIsNeverPassThroughOnTheWay() {
        UpdatePlanner planner = new UpdatePlanner(DTE, true);
        List<EntryContent> entries = List.of(
                AmdDeviceTableEntries.blocked(),
                AmdDeviceTableEntries.v1(5, 0x1_0000),
                AmdDeviceTableEntries.v1(6, 0x2_0000),
                AmdDeviceTableEntries.v2(7, 3, 0),
                AmdDeviceTableEntries.v2(8, 4, 1));
        for (int quantum : new int[] {2, 4}) {
            PlanChecker checker = new PlanChecker(DTE, new FetchModel(quantum, Order.ANY, 0, 1));
            for (EntryContent from : entries) {
                for (EntryContent to : entries) {
                    UpdatePlan plan = planner.plan(from, to, PlanOptions.DEFAULT);
                    boolean changesGuestLevels =
                            from.word(2) != to.word(2) && from.word(0) << 8 < 0 && to.word(0) << 8 < 0;
                    assertThat(plan.hitless()).as("%s", plan).isEqualTo(!changesGuestLevels);
                    assertThat(Plans.tornAndNotBlocked(checker, DTE, plan)).isEmpty();
                    assertThat(checker.stale(plan)).isEmpty();
                    assertThat(checker.rejected(plan, content -> (content.word(0) & AmdDeviceTableEntries.V) != 0))
                            .as("%s", plan)
                            .isEmpty();
                }
            }
        }
    }
}
