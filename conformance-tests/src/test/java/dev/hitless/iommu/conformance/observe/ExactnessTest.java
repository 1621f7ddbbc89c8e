package dev.hitless.iommu.conformance.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.observe.SimulatedHardware.HeldTranslation;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The checker's closed form against a simulator that plays every schedule: the same outcomes, no more and no fewer, for
 * every request at every instant, and the same translations in the cache.
 *
 * <p>It goes red, among others, when in the closed form completion counts instead of submission, a child may be read after
 * its parent's copy has gone, barriers, cleans or posted writes are ignored, tags are not compared, what a copy was found
 * through does not count, 128-bit stores tear, one fetch order is taken for another, or a device cache outlives its
 * invalidation.
 *
 * <p>Run with {@code -Dexactness.traces=100000} for a longer search.
 */
class ExactnessTest {
    private static final int TRACES = 4000;
    private static final int LEAST_TRACES = 3000;
    private static final int LEAST_INTERESTING = 1000;
    private static final int LEAST_OF_A_KIND = 50;
    private static final long MOST_STATES = 3000;

    private final Map<Outcome.Kind, Integer> tracesWith = new EnumMap<>(Outcome.Kind.class);
    private long traces;
    private long tooLarge;
    private long interesting;
    private long comparisons;
    private long states;

    @Test
    void theClosedFormFindsExactlyWhatTheSchedulesOfThousandsOfTracesShow() {
        long wanted = Long.getLong("exactness.traces", TRACES);
        for (long seed = 0; seed < wanted; seed++) {
            compare(seed);
        }
        System.out.println("exactness: " + traces + " traces (" + interesting + " of them with an instant of several"
                + " outcomes), " + comparisons + " sets compared, " + states + " states of the simulator; " + tooLarge
                + " traces too large; traces by kind of outcome " + tracesWith);
        assertThat(traces).as("traces").isGreaterThanOrEqualTo(LEAST_TRACES);
        assertThat(interesting).as("interesting traces").isGreaterThanOrEqualTo(LEAST_INTERESTING);
        for (Outcome.Kind kind : List.of(
                Outcome.Kind.TRANSLATED,
                Outcome.Kind.NOT_MAPPED,
                Outcome.Kind.BLOCKED,
                Outcome.Kind.ILLEGAL_ENTRY,
                Outcome.Kind.USE_AFTER_FREE,
                Outcome.Kind.UNDEFINED_MEMORY)) {
            assertThat(tracesWith.getOrDefault(kind, 0))
                    .as("traces with " + kind)
                    .isGreaterThanOrEqualTo(LEAST_OF_A_KIND);
        }
    }

    private void compare(long seed) {
        RandomDriver driver = new RandomDriver(seed);
        Trace trace = driver.run();
        Assumptions assumptions = driver.assumptions();
        ScheduleExplorer explorer = new ScheduleExplorer(
                trace, driver.toy(), driver.pages(), driver.machine().base(), assumptions);
        if (!explorer.explore(MOST_STATES)) {
            tooLarge++;
            return;
        }
        traces++;
        states += explorer.states();
        Observer observer =
                new Observer(trace, ToyMachine.STREAMS, driver.machine().probes(), assumptions);
        String about = "seed " + seed + "\n" + driver.toy() + "\n" + assumptions + "\n" + listing(trace);
        Set<Outcome.Kind> kinds = new HashSet<>();
        boolean several = false;
        for (Stream stream : ToyMachine.STREAMS) {
            for (int page = 0; page < driver.toy().pages(); page++) {
                several |= compareOutcomes(trace, observer, explorer, stream, page, about, kinds);
            }
        }
        for (int t = 0; t <= trace.end(); t++) {
            expectEqual(held(observer, t), explorer.translations(t), "translations held at " + t + ", " + about);
        }
        kinds.forEach(kind -> tracesWith.merge(kind, 1, Integer::sum));
        if (several) {
            interesting++;
        }
    }

    private boolean compareOutcomes(
            Trace trace,
            Observer observer,
            ScheduleExplorer explorer,
            Stream stream,
            int page,
            String about,
            Set<Outcome.Kind> kinds) {
        boolean several = false;
        Set<Outcome> before = Set.of();
        for (int t = 0; t <= trace.end(); t++) {
            Set<Outcome> simulated = explorer.outcomes(t, stream, page);
            Set<Outcome> derived = observer.outcomes(t, stream, page * ToyHardware.PAGE_BYTES, false);
            String where = stream + ", page " + page + ", instant " + t + ", " + about;
            expectEqual(derived, simulated, where);
            if (Arrays.binarySearch(observer.instants(), t) < 0 && !before.containsAll(derived)) {
                assertThat(before)
                        .as("an instant that does not matter: " + where)
                        .containsAll(derived);
            }
            before = derived;
            several |= simulated.size() > 1;
            simulated.forEach(outcome -> kinds.add(outcome.kind()));
        }
        return several;
    }

    /** Messages are made only when needed: there are too many comparisons. */
    private void expectEqual(Set<?> derived, Set<?> simulated, String about) {
        comparisons++;
        if (!derived.equals(simulated)) {
            assertThat(derived).as(about).isEqualTo(simulated);
        }
    }

    private static Set<HeldTranslation> held(Observer observer, int instant) {
        Set<HeldTranslation> all = new HashSet<>();
        for (CachedTranslation cached : observer.cached(instant)) {
            int page = (int) (cached.iova() / ToyHardware.PAGE_BYTES);
            all.add(new HeldTranslation(cached.filledBy().requesterId(), (int) cached.tag(), page, cached.outcome()));
        }
        return all;
    }

    private static String listing(Trace trace) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= trace.end(); i++) {
            text.append(i).append("  ").append(trace.events().get(i).describe()).append('\n');
        }
        return text.toString();
    }
}
