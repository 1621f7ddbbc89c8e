package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.ReplacePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * How a live device-table entry is turned into another: the entries that hardware is shown one after the other. Each
 * differs from the one before in one store, or in words that are not looked at in either of the two: GuestPagingMode
 * counts only while GV=1 (48882, 2.2.2.2), words 1 and 2 only while TV=1.
 *
 * <pre>
 *  the same words 1 and 2        old -> target                                one 64-bit store
 *  nothing translated before     old -> words 1, 2 of target -> target        one 64-bit store that counts
 *  nothing translated after      old -> word 0 of target -> target            one 64-bit store that counts
 *  the same word 2               old -> target                                one 128-bit store
 *  word 2 not looked at          before or after the 128-bit store
 *  else                          old -> V=1, TV=0 -> target                   DMA is aborted in between
 * </pre>
 *
 * <p>V=0 is never shown: it lets all DMA pass untranslated.
 *
 * @param steps entries to be written, the last one is the target; empty if nothing changes
 * @param parked whether DMA is aborted in between
 */
record DeviceTableUpdate(List<DeviceTableEntry> steps, boolean parked) {
    DeviceTableUpdate {
        steps = List.copyOf(steps);
    }

    /**
     * The best way.
     *
     * @param old what is there
     * @param target what is to be there
     * @param store128 128 bits can change at once
     */
    static DeviceTableUpdate plan(DeviceTableEntry old, DeviceTableEntry target, boolean store128) {
        List<DeviceTableEntry> steps = new ArrayList<>();
        boolean direct = extend(steps, old, target, store128);
        if (!direct) {
            steps.clear();
            DeviceTableEntry park = DeviceTableEntry.BLOCKED.withUpperWordsOf(old);
            steps.add(park);
            extend(steps, park, target, store128);
        }
        return new DeviceTableUpdate(steps, !direct);
    }

    /** Adds what leads from {@code old} to {@code target} without a break. Returns false if nothing does. */
    private static boolean extend(
            List<DeviceTableEntry> steps, DeviceTableEntry old, DeviceTableEntry target, boolean store128) {
        if (old.equals(target)) {
            return true;
        }
        if (old.word1() == target.word1() && old.word2() == target.word2()) {
            return steps.add(target);
        }
        if (!old.translates()) {
            steps.add(old.withUpperWordsOf(target));
            return steps.add(target);
        }
        if (!target.translates()) {
            steps.add(target.withUpperWordsOf(old));
            return steps.add(target);
        }
        if (!store128) {
            return false;
        }
        if (old.word2() == target.word2()) {
            return steps.add(target);
        }
        if (!old.hasGuest()) {
            steps.add(old.withLastWordOf(target));
            return steps.add(target);
        }
        if (!target.hasGuest()) {
            steps.add(target.withLastWordOf(old));
            return steps.add(target);
        }
        return throughHostPath(steps, old, target);
    }

    /** Without PASIDs in use, a guest path that requests without PASID do not take can be left out for a while. */
    private static boolean throughHostPath(
            List<DeviceTableEntry> steps, DeviceTableEntry old, DeviceTableEntry target) {
        if (!old.guestForRequestsWithoutPasid()) {
            steps.add(old.withoutGuest());
            steps.add(old.withoutGuest().withLastWordOf(target));
            return steps.add(target);
        }
        if (!target.guestForRequestsWithoutPasid()) {
            steps.add(target.withoutGuest().withLastWordOf(old));
            steps.add(target.withoutGuest());
            return steps.add(target);
        }
        return false;
    }

    /** What to call it. */
    ReplacePlan kind() {
        return parked ? ReplacePlan.BREAK_BEFORE_MAKE : ReplacePlan.IN_PLACE;
    }
}
