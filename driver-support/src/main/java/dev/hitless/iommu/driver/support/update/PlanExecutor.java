package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;

/** Carries out plans. The caller holds the lock that serialises writers of the entry. */
public final class PlanExecutor {
    private final PhysicalMemory memory;
    private final int attempts;

    /** @param attempts how often an invalidation that fails is tried before the update is given up; at least 1 */
    public PlanExecutor(PhysicalMemory memory, int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException(
                    "an invalidation is attempted at least once, not " + attempts + " times");
        }
        this.memory = memory;
        this.attempts = attempts;
    }

    /**
     * Carries out a plan that stores to the entry itself.
     *
     * @param entryAddress physical address of the entry
     * @throws UpdateInterruptedException if an invalidation failed for good
     * @throws IllegalArgumentException if the plan swaps a leaf; {@link LeafSwap#execute} does those
     */
    public void execute(UpdatePlan plan, long entryAddress, EntryInvalidator invalidator) {
        if (plan.steps().stream().anyMatch(PlanStep.SwapLeaf.class::isInstance)) {
            throw new IllegalArgumentException("a leaf swap needs a prepared LeafSwap: " + plan);
        }
        run(plan, entryAddress, invalidator, swap -> {});
    }

    /** What a {@link PlanStep.SwapLeaf} does. */
    interface LeafSwitch {
        void swap(PlanStep.SwapLeaf step);
    }

    void run(UpdatePlan plan, long entryAddress, EntryInvalidator invalidator, LeafSwitch leafSwitch) {
        for (int i = 0; i < plan.steps().size(); i++) {
            PlanStep step = plan.steps().get(i);
            if (step instanceof PlanStep.StoreUnit store) {
                store(entryAddress, store);
            } else if (step instanceof PlanStep.CleanCache clean) {
                memory.cleanCache(entryAddress + 8L * clean.firstWord(), 8L * clean.words());
            } else if (step instanceof PlanStep.PublishBarrier) {
                memory.writeBarrier();
            } else if (step instanceof PlanStep.SwapLeaf swap) {
                leafSwitch.swap(swap);
            } else if (step instanceof PlanStep.Invalidate invalidate) {
                invalidate(plan, i, invalidate, invalidator);
            }
        }
    }

    private void store(long entryAddress, PlanStep.StoreUnit store) {
        long address = entryAddress + 8L * store.firstWord();
        if (store.words() == 2) {
            memory.store128(
                    address,
                    store.content().word(store.firstWord()),
                    store.content().word(store.firstWord() + 1));
        } else {
            memory.store64(address, store.content().word(store.firstWord()));
        }
    }

    private void invalidate(UpdatePlan plan, int index, PlanStep.Invalidate step, EntryInvalidator invalidator) {
        for (int attempt = 1; ; attempt++) {
            try {
                invalidator.invalidate(step);
                return;
            } catch (IommuException e) {
                // Invalidations can be repeated at will; stores wait for them.
                if (attempt == attempts) {
                    throw new UpdateInterruptedException(plan, index, e);
                }
            }
        }
    }
}
