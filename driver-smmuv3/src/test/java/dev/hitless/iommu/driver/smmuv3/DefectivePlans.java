package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.CacheScope;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.PlanStep;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import java.util.ArrayList;
import java.util.List;

/** Plans that people really wrote, or would write, for entries of eight 64-bit words. */
final class DefectivePlans {
    private static final long ASID = -1L << ContextDescriptor.ASID_SHIFT;
    /** An ASID of nobody's. */
    static final int TRANSIT_ASID = 0xFF;

    private final EntryContent from;
    private final EntryContent to;
    private final List<PlanStep> steps = new ArrayList<>();
    private EntryContent now;

    private DefectivePlans(EntryContent from, EntryContent to) {
        this.from = from;
        this.to = to;
        this.now = from;
    }

    private DefectivePlans store(int word, long value) {
        now = now.withWord(word, value);
        steps.add(new PlanStep.StoreUnit(word, 1, now));
        return this;
    }

    private DefectivePlans store(int... words) {
        for (int word : words) {
            store(word, to.word(word));
        }
        return this;
    }

    private DefectivePlans barrier() {
        steps.add(new PlanStep.PublishBarrier());
        return this;
    }

    /** Makes what was stored the truth: visible, and no copy of anything else left. */
    private DefectivePlans settle() {
        barrier();
        steps.add(new PlanStep.Invalidate(CacheScope.CONFIGURATION, List.of(from), now));
        return this;
    }

    private UpdatePlan plan() {
        return new UpdatePlan("entry", ReplacePlan.IN_PLACE, from, to, true, 0, steps);
    }

    /** The new entry is copied over the live one, word by word, and invalidated once. */
    static UpdatePlan copyOver(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to)
                .store(0, 1, 2, 3, 4, 5, 6, 7)
                .settle()
                .plan();
    }

    /** A right plan whose last invalidation was thought needless: nothing that is not valid is cached, is it? */
    static UpdatePlan withoutTheLastInvalidation(UpdatePlan right) {
        List<PlanStep> steps = new ArrayList<>(right.steps());
        if (steps.get(steps.size() - 1) instanceof PlanStep.Invalidate) {
            steps.remove(steps.size() - 1);
        }
        return new UpdatePlan(
                right.entry(), right.kind(), right.from(), right.to(), right.hitless(), right.pointOfNoReturn(), steps);
    }

    /** What Linux does to this day when ASID and TTB0 differ: V = 0, the rest, V = 1. Right, but not hitless. */
    static UpdatePlan descriptorInvalidFirst(EntryContent from, EntryContent to) {
        return invalidFirst(from, to, ContextDescriptor.VALID);
    }

    /** The same for a stream table entry. */
    static UpdatePlan streamInvalidFirst(EntryContent from, EntryContent to) {
        return invalidFirst(from, to, StreamTableEntry.VALID);
    }

    private static UpdatePlan invalidFirst(EntryContent from, EntryContent to, long valid) {
        return new DefectivePlans(from, to)
                .store(0, from.word(0) & ~valid)
                .settle()
                .store(1, 2, 3, 4, 5, 6, 7)
                .settle()
                .store(0)
                .settle()
                .plan();
    }

    /** The table first, then the ASID, each step whole and waited for: the old ASID is filled from the new table. */
    static UpdatePlan tableThenAsid(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to)
                .store(1, 2, 3)
                .settle()
                .store(0)
                .settle()
                .plan();
    }

    /** The ASID first, then the table: the new ASID is filled from the old table, and nobody drops that. */
    static UpdatePlan asidThenTable(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to)
                .store(0)
                .settle()
                .store(1, 2, 3)
                .settle()
                .plan();
    }

    /** Both tables in turn under an ASID of nobody's. */
    static UpdatePlan transitAsid(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to)
                .store(0, from.word(0) & ~ASID | (long) TRANSIT_ASID << ContextDescriptor.ASID_SHIFT)
                .settle()
                .store(1, 2, 3)
                .settle()
                .store(0)
                .settle()
                .plan();
    }

    /** An entry-sync draft of 2026: valid with a stale body, and the last word never written. */
    static UpdatePlan validFirst(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to).store(0, 1, 2).settle().plan();
    }

    /** On the way from a table to nothing, requests without substream bypass translation for a moment. */
    static UpdatePlan throughBypass(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to)
                .store(1, from.word(1) & ~StreamTableEntry.S1DSS | StreamTableEntry.S1DSS_BYPASS)
                .settle()
                .store(1)
                .settle()
                .store(0)
                .settle()
                .plan();
    }

    /** On the way everything is aborted for a moment, which PASIDs notice too. */
    static UpdatePlan throughAbort(EntryContent from, EntryContent to) {
        return new DefectivePlans(from, to)
                .store(0, StreamTableEntry.VALID)
                .settle()
                .store(1)
                .settle()
                .store(0)
                .settle()
                .plan();
    }
}
