package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Overlapping;
import dev.hitless.iommu.conformance.judge.SequentialOutcomes;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.overlap.MachineOperation;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Carries out every selection of some operations, one after the other, each on a machine of its own, and notes what requests
 * meet then. The tables have to say what was meant.
 */
final class OneAfterTheOther {
    private static final int MOST_IDS = 4;

    private final Supplier<Scene> scenes;
    private final SequentialOutcomes outcomes = new SequentialOutcomes();
    private final List<Finding> findings = new ArrayList<>();

    OneAfterTheOther(Supplier<Scene> scenes) {
        this.scenes = scenes;
    }

    /** Why the driver cannot do this, or not in every order; empty if it can. */
    String impossible() {
        Scene scene = scenes.get();
        if (!scene.impossible().isEmpty()) {
            return scene.impossible();
        }
        for (boolean backwards : new boolean[] {false, true}) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < scene.operations().size(); i++) {
                order.add(backwards ? 0 : order.size(), i);
            }
            RuntimeException failure = carryOut(scenes.get(), order).failure().orElse(null);
            if (failure instanceof IommuException && scene.isRefusable()) {
                return "the driver refuses one of the operations after the other: " + failure.getMessage();
            }
            if (failure != null) {
                findings.add(
                        Finding.of(Rule.DRV_22, -1, "one operation after the other succeeds", String.valueOf(failure)));
                return "";
            }
        }
        return "";
    }

    /** What is met after each selection. */
    Overlapping carryOut() {
        Scene scene = scenes.get();
        List<Overlapping.Part> parts =
                scene.operations().stream().map(OneAfterTheOther::part).toList();
        long[] probes = Content.fewProbes(parts.stream()
                .filter(part -> part.pageBytes() > 0)
                .mapToLong(Overlapping.Part::page)
                .toArray());
        TreeSet<Stream> streams = new TreeSet<>(Comparator.comparing(Stream::toString));
        for (int done = 0; done < 1 << parts.size(); done++) {
            Scene done1 = scenes.get();
            List<Integer> selection = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                if ((done & 1 << i) != 0) {
                    selection.add(i);
                }
            }
            Trace trace = carryOut(done1, selection).trace();
            Map<Stream, Object> attached = new HashMap<>();
            done1.machine().streams().forEach((stream, domain) -> attached.put(stream, domain.colour()));
            outcomes.add(done, trace, attached);
            attached.keySet().stream()
                    .filter(stream -> isWatched(done1.machine(), stream))
                    .forEach(streams::add);
            streams.addAll(idle(done1.machine()));
            compare(done1.machine(), trace, probes);
        }
        return new Overlapping(parts, List.copyOf(streams), probes, outcomes, Overlapping.Onset.EFFECT);
    }

    /** Tables that do not say what was meant. */
    List<Finding> findings() {
        return List.copyOf(findings);
    }

    private static Overlapping.Part part(MachineOperation operation) {
        return new Overlapping.Part(
                operation.subjects(),
                operation.promise(),
                operation.page().map(Mapping::iova).orElse(0L),
                operation.page().map(Mapping::lengthBytes).orElse(0L));
    }

    /** Carries out operations; the recording is of the last one, or of the first that failed. */
    private static Recording carryOut(Scene scene, List<Integer> order) {
        Recording recording = scene.machine().platform().record("nothing", () -> {});
        for (int i : order) {
            MachineOperation operation = scene.operations().get(i);
            recording = scene.machine().platform().record(operation.name(), operation::run);
            if (recording.failure().isPresent()) {
                return recording;
            }
            operation.note();
        }
        return recording;
    }

    private static List<Stream> idle(Machine machine) {
        List<Stream> idle = new ArrayList<>();
        for (TestDevice device : machine.devices()) {
            if (device.device().maxPasids() > Stage.IDLE.value()) {
                idle.addAll(device.streams(Stage.IDLE));
            }
        }
        idle.removeIf(stream -> !isWatched(machine, stream));
        return idle;
    }

    /** Of a device whose requests carry many ids, those with the first and the last of them. */
    private static boolean isWatched(Machine machine, Stream stream) {
        return machine.devices().stream()
                .map(device -> device.device().description())
                .filter(description -> description.name().equals(stream.device()))
                .map(DeviceDescription::requesterIds)
                .anyMatch(ids -> ids.size() <= MOST_IDS
                        || ids.get(0) == stream.requesterId()
                        || ids.get(ids.size() - 1) == stream.requesterId());
    }

    private void compare(Machine machine, Trace trace, long[] probes) {
        ImageReader tables = new ImageReader(trace.after());
        for (Map.Entry<Stream, ModelledDomain> entry : machine.streams().entrySet()) {
            for (long iova : probes) {
                Expected meant = entry.getValue().expected(iova, false);
                Outcome met = tables.outcome(trace.walker(), entry.getKey().request(iova, false, false));
                if (!meant.matches(met)) {
                    findings.add(new Finding(
                            Rule.DRV_01,
                            -1,
                            java.util.Optional.of(entry.getKey().request(iova, false, false)),
                            entry.getKey().toString(),
                            meant.toString(),
                            met.toString()));
                }
            }
        }
    }
}
