package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.IommuException;
import java.util.List;
import java.util.stream.Stream;

/** Hardware did not do what a plan's invalidation asked for, however often it was tried. */
public final class UpdateInterruptedException extends IommuException {
    private static final long serialVersionUID = 1L;

    private final transient UpdatePlan plan;
    private final int step;

    UpdateInterruptedException(UpdatePlan plan, int step, IommuException cause) {
        super(
                cause.errno(),
                plan.entry() + ", " + plan.kind().label() + ", step " + (step + 1) + " ("
                        + plan.steps().get(step) + ") failed: " + cause.getMessage(),
                cause);
        this.plan = plan;
        this.step = step;
    }

    /**
     * Whether hardware still acts on the old content everywhere. Then the update may be reported as failed. If not, it
     * has to be completed or the entry has to be blocked.
     */
    public boolean oldStillInForce() {
        return step < plan.pointOfNoReturn();
    }

    /** Contents that hardware may hold copies of: for {@link PlanOptions#withPossiblyCached} of the next update. */
    public List<EntryContent> possiblyCached() {
        if (plan.steps().get(step) instanceof PlanStep.Invalidate invalidate) {
            return Stream.concat(invalidate.tagged().stream(), Stream.of(invalidate.current()))
                    .distinct()
                    .toList();
        }
        return List.of(plan.from(), plan.to());
    }
}
