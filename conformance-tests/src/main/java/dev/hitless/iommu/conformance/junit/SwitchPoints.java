package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.judge.Fingerprint;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.scenario.OverlapSearch;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.trace.SharedState;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Shows that what a search of schedules leaves out makes no difference: the same effects in the same orders, and the same
 * defects found, from fewer schedules. And that this can go wrong: a search that leaves out more loses traces.
 */
public abstract class SwitchPoints {
    /** For subclasses. */
    protected SwitchPoints() {}

    /** The driver without defects. */
    protected abstract IommuDriverProvider driver();

    /** Names of overlaps in which memory is what operations have in common. */
    protected abstract Stream<String> overlaps();

    /** Drivers that are wrong in an overlap, which {@link Defect#scenario} names. */
    protected abstract Stream<Defect> defects();

    /** Most preemptions in one schedule. */
    protected int preemptions() {
        return 1;
    }

    @TestFactory
    final Stream<DynamicTest> noTraceIsLost() {
        return overlaps()
                .map(overlap -> DynamicTest.dynamicTest(overlap, () -> {
                    OverlapSearch search = search(driver(), overlap);
                    OverlapSearch.Traces learnt = search.traces(new SharedState());
                    OverlapSearch.Traces all = search.traces(SharedState.everything());
                    require(
                            learnt.traces().equals(all.traces()),
                            learnt.traces().size() + " traces instead of "
                                    + all.traces().size());
                    require(
                            learnt.schedules() < all.schedules(),
                            "nothing was left out of " + all.schedules() + " schedules");
                }));
    }

    @Test
    final void aSearchThatLeavesOutTooMuchLosesTraces() {
        List<OverlapSearch> searches =
                overlaps().map(overlap -> search(driver(), overlap)).toList();
        int kept = 0;
        int all = 0;
        for (OverlapSearch search : searches) {
            Set<Fingerprint> learnt = search.traces(new SharedState()).traces();
            Set<Fingerprint> tooFew = search.traces(SharedState.nothing()).traces();
            require(learnt.containsAll(tooFew), "what leaves out more came upon more");
            kept += tooFew.size();
            all += learnt.size();
        }
        require(kept < all, "none of " + all + " traces was lost");
    }

    @TestFactory
    final Stream<DynamicTest> theSameDefectsAreFound() {
        return defects()
                .map(defect -> DynamicTest.dynamicTest(defect.what(), () -> {
                    OverlapSearch search = search(defect.broken(), defect.scenario());
                    Set<String> learnt = search.brokenRules(SharedState::new);
                    Set<String> all = search.brokenRules(SharedState::everything);
                    require(learnt.equals(defect.rules()), "breaks " + learnt + " instead of " + defect.rules());
                    require(all.equals(defect.rules()), "breaks " + all + " when nothing is left out");
                }));
    }

    private OverlapSearch search(IommuDriverProvider provider, String overlap) {
        Target target = new Target(
                provider, HardwareModels.discover(getClass().getClassLoader()).require(provider.hardwareFamily()));
        return new OverlapSearch(target, overlap, preemptions());
    }

    private static void require(boolean kept, String instead) {
        if (!kept) {
            throw new AssertionError(instead);
        }
    }
}
