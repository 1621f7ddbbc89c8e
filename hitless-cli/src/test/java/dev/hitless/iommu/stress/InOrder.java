package dev.hitless.iommu.stress;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.fast.FastPlatform;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.overlap.MachineOperation;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What requests meet when some of several operations are done and the others have not begun: found out by carrying out each
 * selection, one operation after the other, on a machine of its own. A selection is a mask: bit n stands for operation n.
 */
final class InOrder {
    private final Supplier<Scenes.FastScene> scenes;
    private final List<Looked> looked = new ArrayList<>();
    private final String impossible;

    /** A request, who sends it, and what it meets after each selection. */
    private record Looked(Stream stream, DmaRequest request, Outcome[] bySelection, int breaking) {}

    InOrder(Supplier<Scenes.FastScene> scenes) {
        this.scenes = scenes;
        this.impossible = whyImpossible();
        if (impossible.isEmpty()) {
            carryOutAll();
        }
    }

    /** Why the driver cannot do this, or not in every order; empty if it can. */
    String impossible() {
        return impossible;
    }

    /** How many requests there are to look at. */
    int requests() {
        return looked.size();
    }

    DmaRequest request(int number) {
        return looked.get(number).request();
    }

    String describe(int number) {
        Looked one = looked.get(number);
        return one.stream() + ", 0x" + Long.toHexString(one.request().iova());
    }

    /**
     * Whether request {@code number} may have met {@code outcome}.
     *
     * @param over the operations that had returned before it was sent
     * @param begun those that had been called when it was answered
     */
    boolean allows(int number, Outcome outcome, int over, int begun) {
        Looked one = looked.get(number);
        if (outcome.kind() == Outcome.Kind.BLOCKED && (one.breaking() & begun & ~over) != 0) {
            return true;
        }
        for (int done = 0; done < one.bySelection().length; done++) {
            if ((done & over) == over && (done & ~begun) == 0 && one.bySelection()[done].equals(outcome)) {
                return true;
            }
        }
        return false;
    }

    private String whyImpossible() {
        Scene scene = scenes.get().scene();
        if (!scene.impossible().isEmpty()) {
            return scene.impossible();
        }
        int count = scene.operations().size();
        try {
            for (int i = 0; i < count; i++) {
                scene.operations().get(i).run();
            }
            List<MachineOperation> backwards = scenes.get().scene().operations();
            for (int i = count - 1; i >= 0; i--) {
                backwards.get(i).run();
            }
        } catch (IommuException refusal) {
            return "the driver refuses one operation after the other: " + refusal.getMessage();
        }
        return "";
    }

    private void carryOutAll() {
        int count = scenes.get().scene().operations().size();
        List<Scenes.FastScene> done = new ArrayList<>();
        for (int selection = 0; selection < 1 << count; selection++) {
            done.add(carryOut(selection));
        }
        Scene untouched = scenes.get().scene();
        long[] probes = Content.fewProbes(untouched.operations().stream()
                .flatMap(operation -> operation.page().stream())
                .mapToLong(Mapping::iova)
                .toArray());
        TreeSet<Stream> streams = new TreeSet<>(Comparator.comparing(Stream::toString));
        done.forEach(one -> streams.addAll(one.scene().machine().streams().keySet()));
        List<FastPlatform.Device> devices =
                done.stream().map(one -> one.platform().newDevice()).toList();
        for (Stream stream : streams) {
            for (long iova : probes) {
                DmaRequest request = stream.request(iova, false, false);
                Outcome[] met = devices.stream()
                        .map(device -> Outcome.of(device.translate(request), iova))
                        .toArray(Outcome[]::new);
                looked.add(new Looked(stream, request, met, breaking(untouched, stream)));
            }
        }
    }

    private Scenes.FastScene carryOut(int selection) {
        Scenes.FastScene fast = scenes.get();
        List<MachineOperation> operations = fast.scene().operations();
        for (int i = 0; i < operations.size(); i++) {
            if ((selection & 1 << i) != 0) {
                operations.get(i).run();
                operations.get(i).note();
            }
        }
        return fast;
    }

    /** The operations that may block the stream while they are under way, as the driver has said. */
    private static int breaking(Scene scene, Stream stream) {
        int breaking = 0;
        for (int i = 0; i < scene.operations().size(); i++) {
            MachineOperation operation = scene.operations().get(i);
            if (operation.promise() == ReplaceGuarantee.BREAK_BEFORE_MAKE
                    && operation.subjects().contains(stream)) {
                breaking |= 1 << i;
            }
        }
        return breaking;
    }
}
