package dev.hitless.iommu.conformance.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checker's closed form against a simulator that plays every schedule. */
class ExactnessTest {
    private static final int TRACES = 4000;
    private static final int LEAST_TRACES = 3000;
    private static final int LEAST_INTERESTING = 1000;
    private static final long MOST_STATES = 3000;

    private long traces;
    private long tooLarge;
    private long interesting;
    private long comparisons;
    private long states;

    @Test
    void theClosedFormFindsExactlyWhatTheSchedulesOfThousandsOfTracesShow() {
        for (long seed = 0; seed < Long.getLong("exactness.traces", TRACES); seed++) {
            compare(seed);
        }
        System.out.println("exactness: " + traces + " traces (" + interesting + " of them with an instant of several"
                + " outcomes), " + comparisons + " sets of outcomes compared, " + states
                + " states of the simulator; " + tooLarge + " traces too large");
        assertThat(traces).isGreaterThanOrEqualTo(LEAST_TRACES);
        assertThat(interesting).isGreaterThanOrEqualTo(LEAST_INTERESTING);
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
        boolean several = false;
        for (int t = 0; t <= trace.end(); t++) {
            for (Stream stream : ToyMachine.STREAMS) {
                for (int page = 0; page < driver.toy().pages(); page++) {
                    Set<Outcome> simulated = explorer.outcomes(t, stream, page);
                    Set<Outcome> derived = observer.outcomes(t, stream, page * ToyHardware.PAGE_BYTES, false);
                    several |= simulated.size() > 1;
                    comparisons++;
                    if (!derived.equals(simulated)) {
                        String message = "seed " + seed + ", instant " + t + ", " + stream + ", page " + page + "\n"
                                + driver.toy() + "\n" + assumptions + "\n" + listing(trace);
                        assertThat(derived).as(message).isEqualTo(simulated);
                    }
                }
            }
        }
        if (several) {
            interesting++;
        }
    }

    static String listing(Trace trace) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= trace.end(); i++) {
            TraceEvent event = trace.events().get(i);
            text.append(String.format("%3d  %s%n", i, event.describe()));
        }
        return text.toString();
    }
}
