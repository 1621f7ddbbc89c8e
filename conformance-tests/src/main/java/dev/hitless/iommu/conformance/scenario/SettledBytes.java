package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.machine.Machine;

/**
 * What is allocated when all is said and done, after a change without a fault: the most that may be after one with a fault,
 * once hardware works again. So what a failure keeps is bounded by what a success that was taken back keeps, and it does not
 * add up.
 */
final class SettledBytes {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final long changed;
    private final long detached;
    private final long takenBack;

    /** @param undisturbed the change, carried out; its machine is used up */
    SettledBytes(FaultedChangeScenario.Attempt undisturbed) {
        Machine machine = undisturbed.machine;
        changed = machine.platform().allocatedBytes();
        machine.set(undisturbed.stage.device(), undisturbed.pasid, machine.blocked());
        detached = machine.platform().allocatedBytes();
        takenBack = takenBack(undisturbed);
    }

    private static long takenBack(FaultedChangeScenario.Attempt undisturbed) {
        Machine machine = undisturbed.machine;
        if (!undisturbed.stage.to().kind().hasInstances() || machine.streams().containsValue(undisturbed.stage.to())) {
            return UNKNOWN;
        }
        try {
            machine.set(undisturbed.stage.device(), undisturbed.pasid, undisturbed.from());
            machine.free(undisturbed.stage.to());
        } catch (IommuException refused) {
            // Not the way back; then there is nothing to compare with.
            return UNKNOWN;
        }
        return machine.platform().allocatedBytes();
    }

    /** After the change. */
    long changed() {
        return changed;
    }

    /** After the change, and after the subject was detached. */
    long detached() {
        return detached;
    }

    /** After the change, when the old domain is back and the new one freed; without bound where that cannot be. */
    long takenBack() {
        return takenBack;
    }
}
