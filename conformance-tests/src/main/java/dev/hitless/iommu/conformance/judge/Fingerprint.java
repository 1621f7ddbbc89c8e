package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.trace.OverlapRecording;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a trace of several operations decides how it is judged. Traces with equal fingerprints are judged alike:
 *
 * <ul>
 *   <li>what only the driver sees is left out: loads, register reads, locks, switches, where an operation began (it counts
 *       from its first effect);
 *   <li>so is what no walk reads: stores of commands, and the hardware's own stores. What became of the commands stays;
 *   <li>a barrier and a register write are the same to a store before them, and several in a row are one;
 *   <li>commands submitted one after the other, with nothing in between, have no order among themselves, nor have
 *       completions. Between a completion and a submission it matters what came first.
 * </ul>
 *
 * @param events the events that count, in order, with commands named by who sent them
 */
public record Fingerprint(List<Object> events) {
    public Fingerprint {
        events = List.copyOf(events);
    }

    private static final long PAGE_MASK = -4096L;
    private static final String ORDERED = "ordered";

    /** Of a recording. */
    public static Fingerprint of(OverlapRecording recording) {
        Maker maker = new Maker(recording.commandPages());
        recording.trace().events().forEach(maker::add);
        maker.endRun();
        return new Fingerprint(maker.events);
    }

    private static final class Maker {
        private final Set<Long> commandPages;
        private final List<Object> events = new ArrayList<>();
        private final Map<Integer, Integer> sent = new HashMap<>();
        private final Map<Integer, String> names = new HashMap<>();
        private TreeSet<String> run = new TreeSet<>();
        private boolean submitting;
        private int operation;

        Maker(Set<Long> commandPages) {
            this.commandPages = commandPages;
        }

        void add(TraceEvent event) {
            if (event instanceof TraceEvent.Switched switched) {
                operation = switched.operation();
            } else if (event instanceof TraceEvent.Submitted submitted) {
                String name = operation + "." + sent.merge(operation, 1, Integer::sum) + " "
                        + submitted.invalidation().describe();
                names.put(submitted.number(), name);
                addToRun(name, true);
            } else if (event instanceof TraceEvent.Observed observed) {
                addToRun(names.getOrDefault(observed.number(), "earlier " + observed.number()), false);
            } else if (event instanceof TraceEvent.Barrier || event instanceof TraceEvent.RegisterWrite) {
                endRun();
                if (events.isEmpty() || !events.get(events.size() - 1).equals(ORDERED)) {
                    events.add(ORDERED);
                }
            } else if (counts(event)) {
                endRun();
                events.add(event);
            }
        }

        private boolean counts(TraceEvent event) {
            if (event instanceof TraceEvent.Store store) {
                return !commandPages.contains(store.address() & PAGE_MASK);
            }
            return event instanceof TraceEvent.EndOf
                    || event instanceof TraceEvent.End
                    || event instanceof TraceEvent.CacheClean
                    || event instanceof TraceEvent.Alloc
                    || event instanceof TraceEvent.Free
                    || event instanceof TraceEvent.WriteBufferFlush
                    || event instanceof TraceEvent.Fenced
                    || event instanceof TraceEvent.FunctionControl
                    || event instanceof TraceEvent.Malformed
                    || event instanceof TraceEvent.Warning
                    || event instanceof TraceEvent.TimedOut;
        }

        private void addToRun(String name, boolean submitted) {
            if (submitted != submitting) {
                endRun();
                submitting = submitted;
            }
            run.add(name);
        }

        void endRun() {
            if (!run.isEmpty()) {
                events.add(submitting);
                events.add(run);
                run = new TreeSet<>();
            }
        }
    }
}
