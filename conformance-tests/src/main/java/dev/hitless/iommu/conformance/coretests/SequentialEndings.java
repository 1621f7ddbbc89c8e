package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.conformance.judge.SequentialOutcomes;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.subsystem.MachineBench;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What two operations of a subsystem come to when one follows the other, either way round; and what requests meet on the
 * way. Operations that overlap have to come to one of these.
 */
final class SequentialEndings {
    private final Map<Ending, SequentialOutcomes> endings = new LinkedHashMap<>();
    private final Set<Stream> streams = new TreeSet<>(Comparator.comparing(Stream::toString));

    SequentialEndings(Supplier<CoreScene> scenes) {
        carryOut(scenes.get(), false);
        carryOut(scenes.get(), true);
    }

    private void carryOut(CoreScene scene, boolean backwards) {
        List<CoreOperation> operations = scene.operations();
        List<Optional<RuntimeException>> failures =
                new ArrayList<>(Collections.nCopies(operations.size(), Optional.empty()));
        SequentialOutcomes outcomes = new SequentialOutcomes();
        note(scene, outcomes, 0);
        int done = 0;
        for (int i = 0; i < operations.size(); i++) {
            int number = backwards ? operations.size() - 1 - i : i;
            try {
                operations.get(number).action().run();
                done |= 1 << number;
            } catch (RuntimeException thrown) {
                failures.set(number, Optional.of(thrown));
            }
            note(scene, outcomes, done);
        }
        endings.computeIfAbsent(Ending.of(scene, failures), unknown -> new SequentialOutcomes())
                .addAll(outcomes);
    }

    private void note(CoreScene scene, SequentialOutcomes outcomes, int done) {
        if (scene.bench() instanceof MachineBench machine) {
            machine.noteState(outcomes, done);
            streams.addAll(machine.streams());
        }
    }

    /** What the operations can come to. */
    Set<Ending> endings() {
        return endings.keySet();
    }

    /** What requests can meet on the way to {@code ending}. */
    SequentialOutcomes outcomes(Ending ending) {
        return endings.getOrDefault(ending, new SequentialOutcomes());
    }

    /** Everybody who had something attached at any time. */
    List<Stream> streams() {
        return List.copyOf(streams);
    }
}
