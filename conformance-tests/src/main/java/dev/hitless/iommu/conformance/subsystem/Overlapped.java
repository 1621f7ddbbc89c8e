package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.conformance.schedule.LockName;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import java.util.List;
import java.util.Optional;

/**
 * Operations of a subsystem that were played at once, by one schedule.
 *
 * @param failures what each threw, if it did, in their order
 * @param locksHeld locks that were held when all had ended
 * @param deadlock who waits for what for ever; empty if all operations ended
 * @param recording what the driver did meanwhile, where there is hardware
 */
public record Overlapped(
        List<Optional<RuntimeException>> failures,
        List<LockName> locksHeld,
        Optional<String> deadlock,
        Optional<OverlapRecording> recording) {
    public Overlapped {
        failures = List.copyOf(failures);
        locksHeld = List.copyOf(locksHeld);
    }

    static Overlapped of(OverlapRecording recording) {
        return new Overlapped(
                recording.outcomes().stream()
                        .map(OverlapRecording.Outcome::failure)
                        .toList(),
                recording.outcomes().stream()
                        .flatMap(outcome -> outcome.locksHeld().stream())
                        .toList(),
                recording.deadlock(),
                Optional.of(recording));
    }
}
