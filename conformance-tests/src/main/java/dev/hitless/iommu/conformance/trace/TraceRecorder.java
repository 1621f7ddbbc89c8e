package dev.hitless.iommu.conformance.trace;

import java.util.ArrayList;
import java.util.List;

/** Where events go: into the trace while an operation runs, nowhere in between. */
final class TraceRecorder {
    private List<TraceEvent> events = new ArrayList<>();
    private boolean recording;

    void start() {
        events = new ArrayList<>();
        recording = true;
    }

    List<TraceEvent> stop() {
        recording = false;
        return events;
    }

    boolean isRecording() {
        return recording;
    }

    void add(TraceEvent event) {
        if (recording) {
            events.add(event);
        }
    }
}
