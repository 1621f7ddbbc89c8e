package dev.hitless.iommu.conformance.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Where events go: into the trace while operations run, nowhere in between. */
final class TraceRecorder {
    private static final int NOBODY = -1;

    private final SwitchPoints points = new SwitchPoints();
    private List<TraceEvent> events = new ArrayList<>();
    private boolean recording;
    private int running = NOBODY;
    private IntConsumer between = event -> {};

    /** {@code hardware} is run before each register access is noted down. */
    void betweenAccesses(IntConsumer hardware) {
        between = hardware;
    }

    /** Where operations that overlap can be switched. */
    SwitchPoints points() {
        return points;
    }

    void start() {
        events = new ArrayList<>();
        recording = true;
        running = NOBODY;
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
            if (points.isOverlapping() && points.turns().running() != running) {
                running = points.turns().running();
                events.add(new TraceEvent.Switched(running));
            }
            events.add(event);
        }
    }

    /** What only matters beside other operations. */
    void addIfOverlapping(TraceEvent event) {
        if (points.isOverlapping()) {
            add(event);
        }
    }

    private static boolean isAccess(TraceEvent event) {
        return event instanceof TraceEvent.RegisterWrite || event instanceof TraceEvent.RegisterRead;
    }
}
