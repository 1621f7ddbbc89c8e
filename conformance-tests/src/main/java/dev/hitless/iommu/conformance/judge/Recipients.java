package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is sent commands: only devices that are there, with ATS on. What counts is the moment of the doorbell: a device that
 * vanishes while commands are carried out could not be known to.
 */
public final class Recipients {
    private final Trace trace;
    private final Map<Integer, String> devices;

    /** @param devices names by requester id */
    public Recipients(Trace trace, Map<Integer, String> devices) {
        this.trace = trace;
        this.devices = Map.copyOf(devices);
    }

    /** The recipients of an operation that streams of all devices are watched for. */
    static Recipients of(Operation operation) {
        return of(
                operation.trace(),
                operation.streams().stream().map(Watched::stream).toList());
    }

    /** @param streams of all devices */
    static Recipients of(Trace trace, List<Stream> streams) {
        Map<Integer, String> devices = new HashMap<>();
        streams.forEach(stream -> devices.put(stream.requesterId(), stream.device()));
        return new Recipients(trace, devices);
    }

    /** Commands that were sent to nobody. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        Set<String> reachable = new HashSet<>(trace.atsOn());
        Set<String> reachableAtDoorbell = new HashSet<>(reachable);
        for (int i = 0; i < trace.events().size(); i++) {
            TraceEvent event = trace.events().get(i);
            if (event instanceof TraceEvent.FunctionControl control
                    && control.feature() == TraceEvent.FunctionControl.Feature.ATS) {
                if (control.enabled()) {
                    reachable.add(control.device());
                } else {
                    reachable.remove(control.device());
                }
            } else if (event instanceof TraceEvent.Vanished vanished) {
                reachable.remove(vanished.device());
            } else if (event instanceof TraceEvent.RegisterWrite) {
                reachableAtDoorbell = new HashSet<>(reachable);
            } else if (event instanceof TraceEvent.Submitted command) {
                @Nullable String device = devices.get(command.invalidation().targetRequester());
                if (device != null && !reachableAtDoorbell.contains(device)) {
                    findings.add(Finding.of(
                            Rule.DRV_18,
                            i,
                            "nothing is sent to " + device + ", which is gone or has ATS off",
                            event.describe()));
                }
            }
        }
        return findings;
    }
}
