package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Checks that need no observation, and what they found. */
final class Checks {
    private final List<Finding> findings = new ArrayList<>();
    private Optional<Operation> evidence = Optional.empty();
    private int traces;

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    void addAll(List<Finding> more) {
        findings.addAll(more);
    }

    ScenarioResult result() {
        return ScenarioResult.of(findings, 0, traces, evidence);
    }

    /** Notes that {@code recording} was made; keeps the first one that was followed by a finding. */
    void saw(Recording recording) {
        traces++;
        if (findings.isEmpty()) {
            evidence = Optional.of(Operation.unwatched(recording.trace()));
        }
    }

    /** The call was refused with one of {@code allowed}, and stored, sent and kept nothing. */
    void refused(Recording recording, String what, Set<Errno> allowed) {
        saw(recording);
        RuntimeException failure = recording.failure().orElse(null);
        if (!(failure instanceof IommuException refusal) || !allowed.contains(refusal.errno())) {
            findings.add(Finding.of(
                    Rule.DRV_20,
                    recording.trace().end(),
                    what + " is refused with " + allowed,
                    failure == null ? "it succeeded" : String.valueOf(failure)));
        }
        for (int i = 0; i <= recording.trace().end(); i++) {
            TraceEvent event = recording.trace().events().get(i);
            if (event instanceof TraceEvent.Store || event instanceof TraceEvent.Submitted) {
                findings.add(
                        Finding.of(Rule.DRV_20, i, what + " is refused before anything changes", event.describe()));
                break;
            }
        }
    }

    /** The driver's own record says what is attached. */
    void tracking(Machine machine, int event) {
        for (TestDevice device : machine.devices()) {
            Map<Pasid, IommuDomain> tracked = new TreeMap<>(machine.driver().attachments(device.device()));
            Map<Pasid, IommuDomain> meant = machine.meant(device);
            if (!tracked.equals(meant)) {
                findings.add(Finding.of(
                        Rule.DRV_10,
                        event,
                        "the driver's record of " + device + " is " + names(meant),
                        names(tracked)));
            }
        }
    }

    private static String names(Map<Pasid, IommuDomain> attachments) {
        List<String> names = new ArrayList<>();
        attachments.forEach((pasid, domain) -> names.add(pasid + ": " + domain.name()));
        return names.toString();
    }

    /** No lock is held after an operation. */
    void locksFree(Recording recording) {
        if (!recording.locksHeld().isEmpty()) {
            findings.add(Finding.of(
                    Rule.DRV_10, recording.trace().end(), "no lock held", "still held: " + recording.locksHeld()));
        }
    }

    /** The driver had no reason to warn. */
    void noWarnings(Machine machine, int event) {
        List<String> warnings = machine.platform().warnings();
        if (!warnings.isEmpty()) {
            findings.add(Finding.of(Rule.DRV_10, event, "no warning", warnings.toString()));
        }
    }

    /** Takes the machine down; nothing may be left allocated. */
    void tornDownClean(Machine machine) {
        machine.tearDown();
        long left = machine.platform().allocatedBytes();
        if (left != 0) {
            findings.add(
                    Finding.of(Rule.DRV_24, -1, "nothing allocated after everything was released", left + " bytes"));
        }
    }
}
