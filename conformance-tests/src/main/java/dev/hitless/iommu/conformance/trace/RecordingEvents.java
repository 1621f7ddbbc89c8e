package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.EventSink;
import java.util.ArrayList;
import java.util.List;

/** What a driver reports. */
final class RecordingEvents implements EventSink {
    private final TraceRecorder recorder;
    private final PageRequestRecord pageRequests;
    private final List<String> warnings = new ArrayList<>();
    private final List<FaultReport> faultReports = new ArrayList<>();

    RecordingEvents(TraceRecorder recorder, PageRequestRecord pageRequests) {
        this.recorder = recorder;
        this.pageRequests = pageRequests;
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    List<FaultReport> faultReports() {
        return List.copyOf(faultReports);
    }

    @Override
    public void fault(FaultReport fault) {
        recorder.points().call();
        faultReports.add(fault);
    }

    @Override
    public void pageRequest(PageRequest request) {
        recorder.points().call();
        pageRequests.delivered(request);
    }

    @Override
    public void warning(String message) {
        recorder.points().call();
        warnings.add(message);
        recorder.add(new TraceEvent.Warning(message));
    }

    @Override
    public void planned(String deviceName, Pasid pasid, ReplacePlan plan) {
        recorder.points().call();
        recorder.add(new TraceEvent.Planned(deviceName, pasid.value(), plan));
    }
}
