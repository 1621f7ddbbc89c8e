package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.Invalidation;
import java.util.BitSet;

/**
 * Which page faults are not logged: all of an entry with SA=1; of an entry with SE=1 all but the first, until the entry's
 * cached copy is invalidated.
 */
final class FaultSuppression {
    private final BitSet logged = new BitSet();

    /** Asks whether a page fault of the device is to be logged, and notes that it is. */
    boolean admits(int deviceId, long q1) {
        if (DeviceTableEntry.suppressesAllFaults(q1)
                || (DeviceTableEntry.suppressesRepeatedFaults(q1) && logged.get(deviceId))) {
            return false;
        }
        logged.set(deviceId);
        return true;
    }

    void invalidated(Invalidation invalidation) {
        if (invalidation instanceof DevtabEntryInvalidation entry) {
            logged.clear(entry.deviceId());
        } else if (invalidation instanceof AllInvalidation) {
            logged.clear();
        }
    }
}
