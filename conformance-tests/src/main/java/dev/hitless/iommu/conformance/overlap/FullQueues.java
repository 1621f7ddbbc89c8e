package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.trace.Fault;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Operations that fill the command queue of hardware that is slow to empty it (observation model, section 8: two drivers'
 * queues filling up). Devices whose requests carry many ids make long batches: each id has its own device cache.
 *
 * <ul>
 *   <li>{@code full-queue}: two batches that fit the queue one by one and not together, not even when hardware has
 *       begun with one of them; it wraps around.
 *   <li>{@code longer-than-queue}: one batch that does not fit by itself, beside one that does not fit with it: both have to
 *       wait for room, maybe at the same time.
 *   <li>{@code full-queue-rejected}, {@code full-queue-lost}: as the first, and hardware stops at a command halfway, or does
 *       not answer any more, until the driver has repaired the queue.
 * </ul>
 */
public final class FullQueues {
    /** The one with nothing special about it; its name ends like this. */
    public static final String USUAL = "/full-queue";

    private static final Pasid SUBJECT = Pasid.of(0x5);
    private static final int FIRST_ID = 0x00B0;

    private final DomainKind kind;
    private final int entries;

    private FullQueues(DomainKind kind, int entries) {
        this.kind = kind;
        this.entries = entries;
    }

    /**
     * Those that a driver with these capabilities may be able to do.
     *
     * @param entries of the command queue as the driver sets it up; 0 if that is not known, and there are none then
     */
    public static List<Overlap> of(DriverCapabilities claimed, int entries) {
        Optional<DomainKind> kind = claimed.has(Capability.PASID) && claimed.has(Capability.ATS)
                ? DomainKind.offered(claimed, true).stream()
                        .filter(offered -> offered.type() == DomainType.PAGING)
                        .findFirst()
                : Optional.empty();
        return kind.filter(found -> entries > 0)
                .map(found -> new FullQueues(found, entries).all())
                .orElse(List.of());
    }

    private List<Overlap> all() {
        int most = entries * 3 / 4;
        int half = entries / 2;
        return List.of(
                overlap(USUAL.substring(1), scene -> replaceBoth(scene, most, half)),
                overlap("longer-than-queue", scene -> replaceBoth(scene, entries + 1, entries / 4)),
                overlap("full-queue-rejected", scene -> {
                    replaceBoth(scene, most, half);
                    scene.fails(Fault.REJECTED, entries);
                }),
                overlap("full-queue-lost", scene -> {
                    replaceBoth(scene, most, half);
                    scene.fails(Fault.LOST, entries);
                }));
    }

    private Overlap overlap(String what, Consumer<Scene> setting) {
        return new Overlap("pasid/" + kind + "->" + kind + "/beside/" + what, false, setting);
    }

    private void replaceBoth(Scene scene, int firstIds, int secondIds) {
        ModelledDomain old = scene.domain(kind);
        ModelledDomain replacement = scene.domain(kind);
        TestDevice first = scene.probe("device-c", FIRST_ID, firstIds);
        TestDevice second = scene.probe("device-d", FIRST_ID + firstIds, secondIds);
        scene.attach(first, SUBJECT, old);
        scene.attach(second, SUBJECT, old);
        scene.sets(first, SUBJECT, replacement);
        scene.sets(second, SUBJECT, replacement);
        scene.mustSucceed();
    }
}
