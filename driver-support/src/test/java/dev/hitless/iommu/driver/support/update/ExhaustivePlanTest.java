package dev.hitless.iommu.driver.support.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.FetchModel.Order;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every change of a small entry, with bits left over in memory or not: everything that hardware could fetch meanwhile. */
class ExhaustivePlanTest {
    private static final EntryContent LEFT_OVER = EntryContent.of(0b1000, 3, 3);

    /** Every other content with bits left over in memory. */
    private static List<EntryContent> starts(EntryLayout layout) {
        List<EntryContent> starts = new ArrayList<>();
        for (EntryContent target : AbstractEntries.targets()) {
            boolean plain = starts.size() % 2 == 0;
            starts.add(plain ? target : target.or(LEFT_OVER.andNot(layout.used(target))));
        }
        return starts;
    }

    private static PlanChecker checker(EntryLayout layout, Order order) {
        return new PlanChecker(layout, new FetchModel(1, order, 0, AbstractEntries.VALID));
    }

    @ParameterizedTest(name = "fetch {0}, copies tagged {1}, snooped {2}")
    @CsvSource({
        "ANY, false, true", "ANY, true, true", "ANY, false, false",
        "VALID_FIRST, false, true", "VALID_FIRST, true, true", "VALID_FIRST, true, false"
    })
    void hardwareSeesOldOrNewInEveryPlanAndOnlyNewAfterwards(Order order, boolean tagged, boolean snooped) {
        EntryLayout layout = new AbstractEntries(tagged, snooped);
        PlanChecker checker = checker(layout, order);
        Map<ReplacePlan, Integer> kinds = new EnumMap<>(ReplacePlan.class);
        UpdatePlanner planner = new UpdatePlanner(layout, false);
        for (EntryContent from : starts(layout)) {
            for (EntryContent to : AbstractEntries.targets()) {
                Set<UpdatePlan> plans = new LinkedHashSet<>();
                plans.add(planner.plan(from, to, PlanOptions.DEFAULT));
                plans.add(planner.plan(from, to, PlanOptions.DEFAULT.withTransitTag(AbstractEntries.TRANSIT_TAG)));
                plans.add(planner.plan(from, to, PlanOptions.DEFAULT.withLeafSwap()));
                plans.add(planner.plan(from, to, PlanOptions.DEFAULT.withSameTagMix()));
                for (UpdatePlan plan : plans) {
                    kinds.merge(plan.kind(), 1, Integer::sum);
                    check(layout, checker, plan);
                }
            }
        }
        assertThat(kinds.keySet()).as("%s", kinds).containsExactly(ReplacePlan.values());
    }

    private static void check(EntryLayout layout, PlanChecker checker, UpdatePlan plan) {
        if (!Plans.contentAfter(plan).equals(plan.to())) {
            throw new AssertionError("ends elsewhere: " + plan);
        }
        List<PlanChecker.View> bad = checker.rejected(plan, content -> isAllowed(layout, plan, content));
        if (!bad.isEmpty() || !checker.stale(plan).isEmpty()) {
            throw new AssertionError(plan + "\nbad " + bad + "\nstale " + checker.stale(plan));
        }
    }

    /** Old, new, either of them under the transit tag; blocked, where the plan says that it breaks. */
    private static boolean isAllowed(EntryLayout layout, UpdatePlan plan, EntryContent content) {
        if (actsLike(layout, content, plan.from()) || actsLike(layout, content, plan.to())) {
            return true;
        }
        return switch (plan.kind()) {
            case TRANSIT_TAG ->
                actsLike(layout, content, AbstractEntries.TAG.write(plan.from(), AbstractEntries.TRANSIT_TAG))
                        || actsLike(layout, content, AbstractEntries.TAG.write(plan.to(), AbstractEntries.TRANSIT_TAG));
            case BREAK_BEFORE_MAKE -> !layout.isLive(content);
            default -> false;
        };
    }

    private static boolean actsLike(EntryLayout layout, EntryContent content, EntryContent reference) {
        return content.and(layout.used(reference)).equals(reference.and(layout.used(reference)));
    }

    /** The checker is worth something only if it notices what is missing; and no step of a plan is idle. */
    @Test
    void leavingOutAnyKindOfStepIsNoticedInSomePlan() {
        EntryLayout layout = new AbstractEntries(true, false);
        PlanChecker checker = checker(layout, Order.ANY);
        Set<String> noticed = new TreeSet<>();
        List<EntryContent> some = starts(layout).subList(0, 15);
        for (EntryContent from : some) {
            for (EntryContent to : AbstractEntries.targets().subList(0, 20)) {
                UpdatePlan plan = new UpdatePlanner(layout, false)
                        .plan(from, to, PlanOptions.DEFAULT.withFinalInvalidations(Set.of()));
                for (int i = 1; i < plan.steps().size(); i++) {
                    UpdatePlan broken = Plans.without(plan, i);
                    boolean torn = !checker.rejected(broken, content -> isAllowed(layout, plan, content))
                            .isEmpty();
                    if (torn || !checker.stale(broken).isEmpty()) {
                        noticed.add(plan.steps().get(i).getClass().getSimpleName());
                    }
                }
            }
        }
        assertThat(noticed).containsExactly("CleanCache", "Invalidate", "PublishBarrier", "StoreUnit");
    }

    /** Why the wait after setting bits ahead is there: without it a slow fetch straddles the switch. */
    @Test
    void withoutTheFirstWaitAFetchCanStraddleTheSwitch() {
        EntryLayout layout = new AbstractEntries(false, true);
        EntryContent passThrough = EntryContent.of(0b0001, 0, 0);
        EntryContent translated = EntryContent.of(0b0011, 2, 0);
        UpdatePlan plan = new UpdatePlanner(layout, false).plan(passThrough, translated, PlanOptions.DEFAULT);
        PlanChecker checker = checker(layout, Order.ANY);
        assertThat(checker.torn(plan)).isEmpty();

        int firstWait = plan.steps()
                .indexOf(plan.steps().stream()
                        .filter(PlanStep.Invalidate.class::isInstance)
                        .findFirst()
                        .orElseThrow());
        assertThat(checker.torn(Plans.without(plan, firstWait)))
                .extracting(PlanChecker.View::content)
                .contains(EntryContent.of(0b0011, 0, 0));
    }

    /** No plan breaks where one store would do, and none is called hitless where none would. */
    @Test
    void breaksOnlyWhereMoreThanOneWordMustSwitch() {
        EntryLayout layout = new AbstractEntries(false, true);
        for (EntryContent from : AbstractEntries.targets()) {
            for (EntryContent to : AbstractEntries.targets()) {
                UpdatePlan plan = new UpdatePlanner(layout, false).plan(from, to, PlanOptions.DEFAULT.withSameTagMix());
                boolean oneStoreCanDo = oneStoreCanDo(layout, from, to);
                assertThat(plan.kind() != ReplacePlan.BREAK_BEFORE_MAKE)
                        .as("%s", plan)
                        .isEqualTo(oneStoreCanDo);
            }
        }
    }

    /** By brute force: some content that acts like {@code from} is one word away from one that acts like {@code to}. */
    private static boolean oneStoreCanDo(EntryLayout layout, EntryContent from, EntryContent to) {
        for (long word0 = 0; word0 < 64; word0++) {
            for (long roots = 0; roots < 16; roots++) {
                EntryContent staged = EntryContent.of(word0, roots & 3, roots >> 2);
                if (!actsLike(layout, staged, from)) {
                    continue;
                }
                for (int word = 0; word < 3; word++) {
                    for (long value = 0; value < 64; value++) {
                        if (actsLike(layout, staged.withWord(word, value), to)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }
}
