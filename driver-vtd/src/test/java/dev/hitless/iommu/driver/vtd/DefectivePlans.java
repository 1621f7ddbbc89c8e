package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.CacheScope;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.PlanStep;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Plans that people really wrote, for a PASID entry of four 128-bit units. */
final class DefectivePlans {
    private final EntryContent from;
    private final EntryContent to;
    private final List<PlanStep> steps = new ArrayList<>();

    private DefectivePlans(EntryContent from, EntryContent to) {
        this.from = from;
        this.to = to;
    }

    private void store(int unit, EntryContent content) {
        steps.add(new PlanStep.StoreUnit(unit * 2, 2, content));
    }

    private void barrier() {
        steps.add(new PlanStep.PublishBarrier());
    }

    private void drop(CacheScope scope, EntryContent current) {
        steps.add(new PlanStep.Invalidate(scope, List.of(from), current));
    }

    private UpdatePlan finish() {
        drop(CacheScope.CONFIGURATION, to);
        drop(CacheScope.TRANSLATION, to);
        drop(CacheScope.DEVICE, to);
        return plan();
    }

    private UpdatePlan plan() {
        return new UpdatePlan("PASID entry", ReplacePlan.IN_PLACE, from, to, true, 0, steps);
    }

    /** Linux 7543ee63e811, 2024: the new entry is copied over the live one (CVE-2026-45945). */
    static UpdatePlan copyOver(EntryContent from, EntryContent to) {
        DefectivePlans plan = new DefectivePlans(from, to);
        for (int unit = 0; unit < 4; unit++) {
            plan.store(unit, to);
        }
        plan.barrier();
        return plan.finish();
    }

    /** Linux since January 2026: torn down first, set up again. Right, but not hitless. */
    static UpdatePlan presentClearedFirst(EntryContent from, EntryContent to) {
        DefectivePlans plan = new DefectivePlans(from, to);
        EntryContent cleared = from.withWord(0, from.word(0) & ~1L);
        plan.store(0, cleared);
        plan.barrier();
        plan.drop(CacheScope.CONFIGURATION, cleared);
        plan.drop(CacheScope.TRANSLATION, cleared);
        plan.drop(CacheScope.DEVICE, cleared);
        EntryContent filled = to.withWord(0, cleared.word(0)).withWord(1, cleared.word(1));
        for (int unit = 1; unit < 4; unit++) {
            plan.store(unit, filled);
        }
        plan.barrier();
        plan.store(0, to);
        plan.barrier();
        return plan.plan();
    }

    /** Linux before 75ed00055c05 (CVE-2026-45894): all of the entry zeroed while it is present. */
    static UpdatePlan zeroedWhilePresent(EntryContent from, EntryContent to) {
        DefectivePlans plan = new DefectivePlans(from, to);
        EntryContent zero = EntryContent.zero(8);
        for (int unit = 0; unit < 4; unit++) {
            plan.store(unit, zero);
        }
        plan.barrier();
        plan.drop(CacheScope.CONFIGURATION, zero);
        plan.drop(CacheScope.TRANSLATION, zero);
        plan.drop(CacheScope.DEVICE, zero);
        for (int unit = 3; unit > 0; unit--) {
            plan.store(unit, to);
        }
        plan.barrier();
        plan.store(0, to);
        plan.barrier();
        return plan.plan();
    }

    /** The root first, then the domain id, each step whole and waited for: the old id is filled from the new tables. */
    static UpdatePlan rootThenDomainId(EntryContent from, EntryContent to) {
        DefectivePlans plan = new DefectivePlans(from, to);
        EntryContent half = from.withWord(2, to.word(2)).withWord(3, to.word(3));
        plan.barrier();
        plan.store(1, half);
        plan.barrier();
        plan.drop(CacheScope.CONFIGURATION, half);
        plan.store(0, to);
        plan.barrier();
        return plan.finish();
    }

    /** A right plan, but the device is told before the IOMMU. */
    static UpdatePlan deviceFirst(UpdatePlan right) {
        List<PlanStep> steps = new ArrayList<>(right.steps());
        int translation = -1;
        int device = -1;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof PlanStep.Invalidate step) {
                translation = step.scope() == CacheScope.TRANSLATION ? i : translation;
                device = step.scope() == CacheScope.DEVICE ? i : device;
            }
        }
        if (translation >= 0 && device >= 0) {
            Collections.swap(steps, translation, device);
        }
        return new UpdatePlan(
                right.entry(), right.kind(), right.from(), right.to(), right.hitless(), right.pointOfNoReturn(), steps);
    }
}
