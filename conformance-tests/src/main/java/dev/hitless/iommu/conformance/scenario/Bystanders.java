package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everybody who could notice a change, with what they are meant to see. */
public final class Bystanders {
    private Bystanders() {}

    /**
     * Streams to watch around a change of {@code pasid} on {@code device}, asked before the change.
     *
     * @param after what stands behind the subject afterwards
     */
    public static List<Watched> around(Machine machine, TestDevice device, Pasid pasid, ModelledDomain after) {
        List<Watched> watched = new ArrayList<>();
        ModelledDomain before = machine.attached(device, pasid);
        List<Stream> subjects = device.streams(pasid);
        for (Stream subject : subjects) {
            watched.add(new Watched(subject, true, before::expected, after::expected));
        }
        Map<Stream, ModelledDomain> attached = machine.streams();
        attached.forEach((stream, domain) -> {
            if (!subjects.contains(stream)) {
                watched.add(new Watched(stream, false, domain::expected, domain::expected));
            }
        });
        addGuests(machine, watched, device, pasid, after);
        addIdle(machine, watched, Set.copyOf(attached.keySet()), subjects);
        watched.sort(
                (one, other) -> one.stream().toString().compareTo(other.stream().toString()));
        return watched;
    }

    /** PASIDs of guests, which come and go with what is behind requests without PASID. */
    private static void addGuests(
            Machine machine, List<Watched> watched, TestDevice subject, Pasid pasid, ModelledDomain after) {
        for (TestDevice device : machine.devices()) {
            ModelledDomain now = machine.attached(device, Pasid.NONE);
            boolean changes = device == subject && pasid.isNone();
            ModelledDomain then = changes ? after : now;
            for (Stream stream : device.streams(now.guestPasids(), then.guestPasids())) {
                watched.add(new Watched(
                        stream,
                        changes,
                        (iova, write) -> now.expectedBehind(stream.pasid(), iova, write),
                        (iova, write) -> then.expectedBehind(stream.pasid(), iova, write)));
            }
        }
    }

    /** One PASID that nobody uses, and requests without PASID where nothing is attached: blocked throughout. */
    private static void addIdle(Machine machine, List<Watched> watched, Set<Stream> attached, List<Stream> subjects) {
        for (TestDevice device : machine.devices()) {
            List<Pasid> idle = device.device().maxPasids() > Stage.IDLE.value()
                    ? List.of(Pasid.NONE, Stage.IDLE)
                    : List.of(Pasid.NONE);
            for (Pasid pasid : idle) {
                for (Stream stream : device.streams(pasid)) {
                    if (!attached.contains(stream) && !subjects.contains(stream)) {
                        watched.add(new Watched(
                                stream, false, (iova, write) -> Expected.BLOCKED, (iova, write) -> Expected.BLOCKED));
                    }
                }
            }
        }
    }
}
