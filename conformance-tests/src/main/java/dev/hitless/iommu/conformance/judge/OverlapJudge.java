package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges operations that overlapped. At every instant each request, and each cached translation, has to be one that is met
 * when some of the operations are done: all that have returned, none that has not begun, and any of those under way. So
 * every stream has a window for each operation, and the end of one is not the end of the other.
 *
 * <p>What goes wrong although the operations ran one after the other breaks the rule that it breaks. What only goes wrong
 * when they overlap breaks DRV-22, or DRV-21 where it concerns a page that came or went; and DRV-13 where nobody waited.
 */
public final class OverlapJudge {
    private final Assumptions assumptions;
    private final Overlapping overlapping;
    private long observations;

    /** @param assumptions the memory rules to judge by */
    public OverlapJudge(Assumptions assumptions, Overlapping overlapping) {
        this.assumptions = assumptions;
        this.overlapping = overlapping;
    }

    /** Combinations evaluated so far. */
    public long observations() {
        return observations;
    }

    /**
     * Judges what was played.
     *
     * @param sequential whether the operations ran one after the other
     */
    public List<Finding> judge(OverlapRecording recording, boolean sequential) {
        Trace trace = recording.trace();
        Windows windows = new Windows(trace, overlapping.operations().size(), overlapping.onset());
        FindingList findings = new FindingList();
        boolean unawaited = judgeCommands(trace, windows, sequential, findings);
        judgeRecipients(trace, sequential, findings);
        Observer observer = new Observer(trace, overlapping.streams(), overlapping.probes(), assumptions);
        Blame blame = new Blame(trace, overlapping.streams(), overlapping.probes(), unawaited);
        OverlapRules rules = new OverlapRules(overlapping, windows, blame, sequential, findings);
        int[] instants = Instants.with(observer.instants(), windows.ends());
        new OverlapStreams(overlapping, windows, observer, rules).judge(instants);
        new OverlapCaches(overlapping, trace, windows, observer, rules).judge(instants);
        observations += observer.observations();
        return findings.all();
    }

    /** Every command is seen complete before its operation returns. Says whether one was not. */
    private boolean judgeCommands(Trace trace, Windows windows, boolean sequential, FindingList findings) {
        Map<Integer, Integer> observedAt = new HashMap<>();
        List<Sent> sent = new ArrayList<>();
        int running = 0;
        List<TraceEvent> events = trace.events();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event instanceof TraceEvent.Switched switched) {
                running = switched.operation();
            } else if (event instanceof TraceEvent.Submitted submitted) {
                sent.add(new Sent(running, i, submitted));
            } else if (event instanceof TraceEvent.Observed observed) {
                observedAt.put(observed.number(), i);
            } else if (event instanceof TraceEvent.Malformed malformed) {
                Rule rule = sequential ? Rule.DRV_14 : Rule.DRV_22;
                findings.add(Finding.of(rule, i, "a well-formed command", malformed.complaint()));
            }
        }
        boolean unawaited = false;
        for (Sent command : sent) {
            int end = windows.end(command.operation());
            if (end < Integer.MAX_VALUE
                    && observedAt.getOrDefault(command.submitted().number(), end) >= end
                    && !isMadeGood(command, sent, observedAt, end)) {
                unawaited = true;
                findings.add(Finding.of(
                        Rule.DRV_13,
                        command.event(),
                        "operation " + (command.operation() + 1) + " sees its completion before it returns",
                        command.submitted().describe() + ", was not seen complete by then"));
            }
        }
        return unawaited;
    }

    /** Nobody is sent commands whom another operation has switched off meanwhile. */
    private void judgeRecipients(Trace trace, boolean sequential, FindingList findings) {
        for (Finding finding : Recipients.of(trace, overlapping.streams()).findings()) {
            findings.add(
                    sequential
                            ? finding
                            : Finding.of(
                                    Rule.DRV_22,
                                    finding.event(),
                                    finding.expected(),
                                    finding.observed() + " (as in " + finding.rule() + ")"));
        }
    }

    /** What got lost counts as done with the same command given again by the same operation and seen complete. */
    private static boolean isMadeGood(Sent lost, List<Sent> sent, Map<Integer, Integer> observedAt, int end) {
        String what = lost.submitted().invalidation().describe();
        return sent.stream()
                .anyMatch(again -> again.operation() == lost.operation()
                        && again.event() > lost.event()
                        && again.submitted().invalidation().describe().equals(what)
                        && observedAt.getOrDefault(again.submitted().number(), end) < end);
    }

    private record Sent(int operation, int event, TraceEvent.Submitted submitted) {}

    /** What a request can meet when one of the sets of operations between {@code over} and {@code begun} is done. */
    static List<Integer> possible(Windows windows, int instant) {
        int over = windows.over(instant);
        int begun = windows.begun(instant) | over;
        List<Integer> possible = new ArrayList<>();
        for (int done = 0; done < 1 << windows.count(); done++) {
            if ((done & over) == over && (done & ~begun) == 0) {
                possible.add(done);
            }
        }
        return possible;
    }

    /** Whether an access that nothing stands for is what a break promised in advance looks like. */
    static boolean isBreak(Outcome outcome) {
        return outcome.kind() == Outcome.Kind.BLOCKED;
    }
}
