package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.OverlapJudge;
import dev.hitless.iommu.conformance.judge.Overlapping;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.subsystem.MachineBench;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What requests meet while operations of a subsystem overlap, by the rules for drivers. */
final class DmaOfOverlaps {
    private static final int MOST_FINDINGS = 3;

    private final Assumptions assumptions;
    private final SequentialEndings sequential;
    private final List<Finding> findings = new ArrayList<>();
    private Optional<Operation> evidence = Optional.empty();
    private long observations;

    DmaOfOverlaps(Assumptions assumptions, SequentialEndings sequential) {
        this.assumptions = assumptions;
        this.sequential = sequential;
    }

    /** Judges what was played and came to {@code ending}. */
    void judge(CoreScene scene, OverlapRecording recording, Ending ending) {
        MachineBench bench = (MachineBench) scene.bench();
        List<Overlapping.Part> parts = scene.operations().stream()
                .map(operation -> new Overlapping.Part(subjects(bench, operation), operation.promise(), 0, 0))
                .toList();
        OverlapJudge judge = new OverlapJudge(
                assumptions,
                new Overlapping(
                        parts,
                        sequential.streams(),
                        Content.fewProbes(),
                        sequential.outcomes(ending),
                        Overlapping.Onset.EFFECT_OR_UNLOCK));
        for (Finding finding : judge.judge(recording, false)) {
            if (findings.isEmpty()) {
                evidence = Optional.of(Operation.unwatched(recording.trace()));
            }
            if (findings.size() < MOST_FINDINGS) {
                findings.add(finding);
            }
        }
        observations += judge.observations();
    }

    private static List<Stream> subjects(MachineBench bench, CoreOperation operation) {
        List<Stream> subjects = new ArrayList<>();
        for (IommuDevice device : operation.devices()) {
            subjects.addAll(bench.streams(device, operation.pasid()));
        }
        return subjects;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** The first recording with a finding. */
    Optional<Operation> evidence() {
        return evidence;
    }

    long observations() {
        return observations;
    }
}
