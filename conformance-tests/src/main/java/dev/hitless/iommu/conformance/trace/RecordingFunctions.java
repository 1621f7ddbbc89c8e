package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.PciFunction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The PCI functions of a recording platform: which are there still, and which have ATS on. */
final class RecordingFunctions {
    private final TraceRecorder recorder;
    private final FaultPlan faults;
    private final Set<String> atsOn = new TreeSet<>();
    private final Set<String> gone = new TreeSet<>();
    private final Map<String, List<Integer>> requesterIds = new HashMap<>();

    /** @param faults may plan that one vanishes */
    RecordingFunctions(TraceRecorder recorder, FaultPlan faults) {
        this.recorder = recorder;
        this.faults = faults;
    }

    PciFunction function(String name) {
        return new Function(name);
    }

    void connect(String name, List<Integer> ids) {
        requesterIds.put(name, List.copyOf(ids));
    }

    /** Names of those whose ATS is on. */
    Set<String> atsOn() {
        return Set.copyOf(atsOn);
    }

    /** It does not answer any more, and what it had cached is gone with it. */
    void remove(String name) {
        if (gone.add(name)) {
            atsOn.remove(name);
            recorder.add(new TraceEvent.Vanished(name));
        }
    }

    /** Takes one away if that is planned for {@code call}. */
    void vanishIfPlanned(String call) {
        if (faults.failsNow(Fault.GONE, call)) {
            remove(faults.victim());
        }
    }

    boolean isGone(int requesterId) {
        return gone.stream()
                .anyMatch(name -> requesterIds.getOrDefault(name, List.of()).contains(requesterId));
    }

    private final class Function implements PciFunction {
        private final String name;

        Function(String name) {
            this.name = name;
        }

        @Override
        public boolean isPresent() {
            recorder.points().call();
            return !gone.contains(name);
        }

        @Override
        public void setPasidEnabled(boolean enabled) {
            control(TraceEvent.FunctionControl.Feature.PASID, enabled);
        }

        @Override
        public void setAtsEnabled(boolean enabled) {
            control(TraceEvent.FunctionControl.Feature.ATS, enabled);
            if (enabled && isPresent()) {
                atsOn.add(name);
            } else {
                atsOn.remove(name);
            }
        }

        @Override
        public void setPriEnabled(boolean enabled) {
            control(TraceEvent.FunctionControl.Feature.PRI, enabled);
        }

        private void control(TraceEvent.FunctionControl.Feature feature, boolean enabled) {
            recorder.points().call();
            recorder.add(new TraceEvent.FunctionControl(name, feature, enabled));
        }
    }
}
