package dev.hitless.iommu.conformance.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Where events go: into the trace while an operation runs, nowhere in between. */
final class TraceRecorder {
    private List<TraceEvent> events = new ArrayList<>();
    private boolean recording;
    private IntConsumer between = event -> {};

    /** {@code hardware} is run before each register access is noted down. */
    void betweenAccesses(IntConsumer hardware) {
        between = hardware;
    }

    void start() {
        events = new ArrayList<>();
        recording = true;
    }

    List<TraceEvent> stop() {
        recording = false;
        return events;
    }

    /** Index of the event that was added last; -1 while nothing is recorded. */
    int last() {
        return recording ? events.size() - 1 : -1;
    }

    boolean isRecording() {
        return recording;
    }

    void add(TraceEvent event) {
        if (recording) {
            if (isAccess(event)) {
                between.accept(events.size());
            }
            events.add(event);
        }
    }

    private static boolean isAccess(TraceEvent event) {
        return event instanceof TraceEvent.RegisterWrite || event instanceof TraceEvent.RegisterRead;
    }
}
