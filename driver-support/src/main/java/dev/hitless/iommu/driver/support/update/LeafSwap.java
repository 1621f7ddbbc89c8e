package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Replaces one entry of a leaf table by replacing the leaf: a copy with the one entry changed is switched to by one
 * 64-bit store to the pointer above it (PASID directory entry, L1CD, STE.S1ContextPtr, upper GCR3 level). The other
 * entries of the leaf are the same in both, so whoever uses them notices nothing.
 *
 * <p>Use: {@link #prepare} while the update can still be refused; then {@link #execute}, or {@link #abandon}. In between
 * and meanwhile nobody else may write to the leaf or to the pointer: the caller holds their lock. Hardware must not write
 * to entries of the leaf either.
 */
public final class LeafSwap {
    private final PhysicalMemory memory;
    private final long oldLeaf;
    private final long leafBytes;
    private final boolean snooped;
    private final long newLeaf;

    private LeafSwap(PhysicalMemory memory, long oldLeaf, long leafBytes, boolean snooped) {
        this.memory = memory;
        this.oldLeaf = oldLeaf;
        this.leafBytes = leafBytes;
        this.snooped = snooped;
        this.newLeaf = memory.allocate(leafBytes, false);
    }

    /**
     * Allocates the new leaf; stores nothing.
     *
     * @param leafAddress physical address of the leaf in use
     * @param leafBytes its length, a multiple of 8
     * @param snooped whether hardware's fetches snoop the CPU's caches
     * @throws dev.hitless.iommu.api.IommuException ENOMEM; nothing has changed then
     */
    public static LeafSwap prepare(PhysicalMemory memory, long leafAddress, long leafBytes, boolean snooped) {
        return new LeafSwap(memory, leafAddress, leafBytes, snooped);
    }

    /** Physical address of the new leaf. */
    public long newLeaf() {
        return newLeaf;
    }

    /** Gives the new leaf back, unused. */
    public void abandon() {
        memory.free(newLeaf, leafBytes);
    }

    /**
     * Carries out a plan of kind LEAF_SWAP. On return the old leaf is freed. If it is interrupted, both leaves stay
     * allocated: hardware may use either, and the pointer says which one is current.
     *
     * @param entryOffset byte offset of the entry in the leaf
     * @param pointerAddress physical address of the 64-bit word that leads to the leaf
     * @param pointer its new value, leading to {@link #newLeaf}
     * @throws UpdateInterruptedException if an invalidation failed for good
     */
    public void execute(
            PlanExecutor executor,
            UpdatePlan plan,
            long entryOffset,
            long pointerAddress,
            long pointer,
            EntryInvalidator invalidator) {
        executor.run(plan, oldLeaf + entryOffset, invalidator, swap -> {
            copyWith(entryOffset, swap.content());
            memory.writeBarrier();
            memory.store64(pointerAddress, pointer);
            clean(pointerAddress, 8);
            memory.writeBarrier();
        });
        memory.free(oldLeaf, leafBytes);
    }

    /** The new leaf is nobody's yet: order of stores does not matter before the barrier. */
    private void copyWith(long entryOffset, EntryContent content) {
        for (long offset = 0; offset < leafBytes; offset += 8) {
            long index = (offset - entryOffset) / 8;
            boolean changed = offset >= entryOffset && index < content.length();
            memory.store64(newLeaf + offset, changed ? content.word((int) index) : memory.load64(oldLeaf + offset));
        }
        clean(newLeaf, leafBytes);
    }

    private void clean(long address, long bytes) {
        if (!snooped) {
            memory.cleanCache(address, bytes);
        }
    }
}
