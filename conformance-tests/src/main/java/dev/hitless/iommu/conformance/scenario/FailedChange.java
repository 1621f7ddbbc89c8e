package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Aftermath;
import dev.hitless.iommu.conformance.judge.Intended;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change that threw. Old is in force, or the PASID is fenced and the driver says so, as {@link Aftermath} has it;
 * tracking and (where old is in force) memory are as before, no lock is held. Then the hardware works again, and with it
 * the machine has to: the same change is tried again, or given up.
 */
final class FailedChange {
    /** What the driver may answer when the hardware has failed past the point of no return. */
    private static final Set<Errno> HARDWARE_FAILED = EnumSet.of(Errno.EIO, Errno.ETIMEDOUT, Errno.ENODEV);

    private final FaultedRuns runs;
    private final FaultedChangeScenario.Attempt attempt;
    private final Fault fault;
    private final Intended intended;
    private final SettledBytes settled;
    private final int end;

    /** @param settled what is allocated after the change without a fault */
    FailedChange(
            FaultedRuns runs,
            FaultedChangeScenario.Attempt attempt,
            Fault fault,
            Intended intended,
            SettledBytes settled) {
        this.runs = runs;
        this.attempt = attempt;
        this.fault = fault;
        this.intended = intended;
        this.settled = settled;
        this.end = attempt.recording.trace().end();
    }

    /** Once more, as a caller may; afterwards everything is as if the first time had been good. */
    void triesAgain() {
        if (!check() || isGone()) {
            return;
        }
        follow(attempt.stage.to(), "the same change, tried again,");
        attempt.requireDrained(runs);
        attempt.settleRequests(runs);
        runs.bytes(attempt.machine, settled.changed(), "when it was tried again, as after the change without a fault");
        runs.tornDown(attempt.machine);
    }

    /** The caller detaches, or where nothing has changed frees the domain that it could not attach. */
    void givesUp() {
        Machine machine = attempt.machine;
        @Nullable Aftermath aftermath = aftermath();
        if (aftermath == null) {
            return;
        }
        if (isGone()) {
            SurvivedChange.releaseTheGone(runs, attempt);
        } else {
            if (aftermath.state() == Aftermath.State.FENCED) {
                machine.noteFenced(attempt.stage.device(), attempt.pasid);
            }
            if (aftermath.state() == Aftermath.State.FENCED && attempt.from() != machine.blocked()) {
                follow(machine.blocked(), "removal after that");
                attempt.requireDrained(runs);
                runs.bytesAtMost(machine, settled.detached(), "after removal, as if there had been no fault");
            } else if (attempt.stage.to().kind().hasInstances()
                    && !machine.streams().containsValue(attempt.stage.to())) {
                freeTarget();
                runs.bytesAtMost(machine, settled.takenBack(), "when it was given up, as if it had been taken back");
            }
            attempt.settleRequests(runs);
        }
        runs.tornDown(machine);
    }

    /** Nobody but the hardware can know the domain any more, so the hardware has to be made to forget it. */
    private void freeTarget() {
        Machine machine = attempt.machine;
        long[] probes = attempt.probes();
        List<Watched> streams = Bystanders.around(machine, attempt.stage.device(), attempt.pasid, attempt.from());
        Recording freed =
                machine.platform().record("free " + attempt.stage.to(), () -> machine.free(attempt.stage.to()));
        Operation both = new Operation(
                attempt.recording.trace().followedBy(freed.trace()),
                streams,
                probes,
                attempt.promise,
                Optional.of(new Aftermath(Aftermath.State.SETTLED, Aftermath.Excuse.NONE, true, intended)));
        if (runs.succeeds("freeing the domain that could not be attached", freed, recording -> both)) {
            runs.judge(both, machine);
        }
    }

    /** Judges what it came to; false if that cannot be said. */
    private boolean check() {
        @Nullable Aftermath aftermath = aftermath();
        runs.locksFree(attempt.recording);
        if (aftermath == null) {
            return false;
        }
        runs.judge(operation(attempt.recording, aftermath, attempt.streams), attempt.machine);
        if (aftermath.state() == Aftermath.State.FENCED) {
            attempt.machine.noteFenced(attempt.stage.device(), attempt.pasid);
        } else if (!aftermath.maySwitch()) {
            // What hardware that has failed may still reach is given back later.
            runs.bytes(attempt.machine, attempt.bytesBefore, "as before the change that failed");
        }
        runs.tracking(attempt.machine, end);
        return true;
    }

    /** How it ended, as the driver tells it; null if it tells nothing that is allowed. */
    private @Nullable Aftermath aftermath() {
        RuntimeException failure = attempt.recording.failure().orElseThrow();
        if (!(failure instanceof IommuException known)) {
            runs.add(Rule.DRV_08, end, "an IommuException", String.valueOf(failure));
            return null;
        }
        boolean maySwitch = isOfHardware(known);
        @Nullable
        IommuDomain now = attempt.machine
                .driver()
                .attachments(attempt.stage.device().device())
                .get(attempt.pasid);
        boolean nothing = now == null || now == attempt.machine.blocked().domain();
        if (nothing && maySwitch) {
            return new Aftermath(Aftermath.State.FENCED, excuse(fault), true, intended);
        }
        if (nothing
                ? attempt.from() == attempt.machine.blocked()
                : now == attempt.from().domain()) {
            return new Aftermath(Aftermath.State.KEPT, Aftermath.Excuse.NONE, maySwitch, intended);
        }
        runs.add(
                Rule.DRV_08,
                end,
                "the driver says that " + attempt.from() + " is attached as before, " + failure.getMessage(),
                now == null ? "nothing" : now.name());
        return null;
    }

    /** Whether it is what a driver may answer when the hardware has failed past the point of no return. */
    static boolean isOfHardware(IommuException failure) {
        return HARDWARE_FAILED.contains(failure.errno());
    }

    /** Which copies hardware gave no way to drop. */
    static Aftermath.Excuse excuse(Fault fault) {
        return switch (fault) {
            case NO_MEMORY, REJECTED, LOST, LATE, GONE -> Aftermath.Excuse.NONE;
            case SILENT -> Aftermath.Excuse.DEVICES;
            case HUNG, REJECTING -> Aftermath.Excuse.ALL;
        };
    }

    /** Another change, by a caller who believes that nothing has changed. Together they must come to what it says. */
    private void follow(ModelledDomain next, String what) {
        List<Watched> streams = Bystanders.around(attempt.machine, attempt.stage.device(), attempt.pasid, next).stream()
                .map(this::asBefore)
                .toList();
        Recording second = attempt.machine.recordSet(attempt.stage.device(), attempt.pasid, next, attempt.from());
        Aftermath settled = new Aftermath(Aftermath.State.SETTLED, Aftermath.Excuse.NONE, true, intended);
        Recording both = new Recording(
                attempt.recording.trace().followedBy(second.trace()), second.failure(), second.locksHeld());
        if (runs.succeeds(what, both, recording -> operation(recording, settled, streams))) {
            runs.judge(operation(both, settled, streams), attempt.machine);
            runs.tracking(attempt.machine, both.trace().end());
        }
        runs.locksFree(both);
    }

    /** The subject saw the old domain when the first of the two changes began. */
    private Watched asBefore(Watched watched) {
        if (!watched.subject()) {
            return watched;
        }
        ModelledDomain old = attempt.from();
        int pasid = watched.stream().pasid();
        boolean ofGuest = attempt.pasid.isNone() && pasid != DmaRequest.NO_PASID;
        return new Watched(
                watched.stream(),
                true,
                (iova, write) -> ofGuest ? old.expectedBehind(pasid, iova, write) : old.expected(iova, write),
                watched.after());
    }

    private Operation operation(Recording recording, Aftermath aftermath, List<Watched> streams) {
        return new Operation(recording.trace(), streams, attempt.probes(), attempt.promise, Optional.of(aftermath));
    }

    private boolean isGone() {
        return !attempt.stage.device().device().description().function().isPresent();
    }
}
