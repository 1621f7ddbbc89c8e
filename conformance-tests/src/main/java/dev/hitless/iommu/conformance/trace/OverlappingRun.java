package dev.hitless.iommu.conformance.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Notes where each of several operations begins and ends, and how. */
final class OverlappingRun {
    private static final OverlapRecording.Outcome STUCK =
            new OverlapRecording.Outcome(false, Optional.empty(), List.of());

    private final TraceRecorder recorder;
    private final HeldLocks locks;
    private final List<NamedOperation> operations;
    private final List<OverlapRecording.Outcome> outcomes;

    OverlappingRun(TraceRecorder recorder, HeldLocks locks, List<NamedOperation> operations) {
        this.recorder = recorder;
        this.locks = locks;
        this.operations = List.copyOf(operations);
        this.outcomes = new ArrayList<>(Collections.nCopies(operations.size(), STUCK));
    }

    String name() {
        return String.join(" || ", operations.stream().map(NamedOperation::name).toList());
    }

    List<Runnable> players() {
        List<Runnable> players = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            int number = i;
            players.add(() -> perform(number));
        }
        return players;
    }

    private void perform(int number) {
        recorder.add(new TraceEvent.BeginOf(number, operations.get(number).name()));
        RuntimeException failure = null;
        try {
            operations.get(number).action().run();
        } catch (RuntimeException thrown) {
            failure = thrown;
        }
        recorder.add(new TraceEvent.EndOf(number, failure == null ? "" : String.valueOf(failure)));
        outcomes.set(number, new OverlapRecording.Outcome(true, Optional.ofNullable(failure), locks.heldBy(number)));
    }

    List<OverlapRecording.Outcome> outcomes() {
        return outcomes;
    }

    /** What to say at the end of the trace. */
    String failure(Optional<String> deadlock) {
        List<String> failures = new ArrayList<>();
        deadlock.ifPresent(circle -> failures.add("deadlock: " + circle));
        for (OverlapRecording.Outcome outcome : outcomes) {
            outcome.failure().ifPresent(failure -> failures.add(String.valueOf(failure.getMessage())));
        }
        return String.join("; ", failures);
    }
}
