package dev.hitless.iommu.exactness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds the checker's closed form against the simulator, and counts what was compared. */
final class Comparison {
    private final long mostStates;
    private final Map<Outcome.Kind, Integer> tracesWith = new EnumMap<>(Outcome.Kind.class);
    private int traces;
    private int interesting;
    private int scheduled;
    private long sets;
    private long states;

    /** @param mostStates states of one trace up to which every schedule is played in one memory for all */
    Comparison(long mostStates) {
        this.mostStates = mostStates;
    }

    /** Compares what requests for {@code probe} meet at every instant at which that can change. */
    void compare(RecordedTrace recorded, Trace trace, String about, long probe, Assumptions assumptions) {
        long[] probes = {probe, recorded.probes()[0]};
        Observer observer = new Observer(trace, recorded.streams(), probes, assumptions);
        TracePlayer player = new TracePlayer(trace, recorded.streams(), probe, assumptions);
        player.playEachForItself();
        traces++;
        states += player.states();
        Set<Outcome.Kind> kinds = EnumSet.noneOf(Outcome.Kind.class);
        boolean several = compare(recorded, trace, observer, player, probe, about, kinds);
        kinds.forEach(kind -> tracesWith.merge(kind, 1, Integer::sum));
        interesting += several ? 1 : 0;
        if (several && player.playEverySchedule(mostStates)) {
            scheduled++;
            states += player.states();
            compare(recorded, trace, observer, player, probe, "every schedule, " + about, kinds);
        }
    }

    private boolean compare(
            RecordedTrace recorded,
            Trace trace,
            Observer observer,
            TracePlayer player,
            long probe,
            String about,
            Set<Outcome.Kind> kinds) {
        boolean several = false;
        for (int t = 0; t <= trace.end(); t++) {
            boolean matters = player.isEventful(t)
                    || t == trace.end()
                    || player.isEventful(t + 1)
                    || Arrays.binarySearch(observer.instants(), t) >= 0;
            for (Stream stream : matters ? recorded.streams() : Set.<Stream>of()) {
                for (boolean write : new boolean[] {false, true}) {
                    Set<Met> derived = observer.outcomes(t, stream, probe, write).stream()
                            .map(Met::of)
                            .collect(Collectors.toSet());
                    Set<Met> played = player.met(t, stream, write);
                    sets++;
                    several |= played.size() > 1;
                    played.forEach(met -> kinds.add(met.kind()));
                    if (!derived.equals(played)) {
                        assertThat(derived)
                                .as("%s of 0x%x by %s at %d, %s%n%s", write, probe, stream, t, about, listing(trace))
                                .isEqualTo(played);
                    }
                }
            }
        }
        return several;
    }

    private static String listing(Trace trace) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= trace.end(); i++) {
            text.append(i).append("  ").append(trace.events().get(i).describe()).append('\n');
        }
        return text.toString();
    }

    /** Traces with an instant at which several outcomes are possible. */
    int interesting() {
        return interesting;
    }

    /** Of these, those of which every schedule was played. */
    int scheduled() {
        return scheduled;
    }

    /** Traces in which a kind of outcome occurs. */
    int tracesWith(Outcome.Kind kind) {
        return tracesWith.getOrDefault(kind, 0);
    }

    @Override
    public String toString() {
        return traces + " traces, " + interesting + " of them with an instant of several outcomes, " + scheduled
                + " of these played in every schedule; " + sets + " sets compared, " + states
                + " states of the simulator; traces by kind of outcome " + tracesWith;
    }
}
