package dev.hitless.iommu.hardware;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * One IOMMU: registers, command queue, logs. Has no thread and no clock; everything happens inside these calls. Commands
 * are decoded and submitted inside the register write that makes them fetchable. There they are also finished, as far as
 * their visible completion goes, unless the {@link CommandPace} is another; whether the driver has <em>seen</em> that is
 * told by what it reads afterwards.
 */
public interface HardwareModel {
    /** The driver reads a register. {@code bits} is 32 or 64. May mean that it sees a completion. */
    long readRegister(long offset, int bits);

    /** The driver writes a register. {@code bits} is 32 or 64. */
    void writeRegister(long offset, int bits, long value);

    /**
     * The driver has read the memory word at {@code address} (aligned to 8) and got {@code value}: it may have seen a
     * completion status. Called after every load of the driver; must be quick when the address is of no interest.
     */
    void loaded(long address, long value);

    /** The walker, for the registers as they stand now. An immutable snapshot. */
    Walker walker();

    /** Every cache that the hardware may have. */
    List<CacheKind> caches();

    /**
     * Whether a chipset buffer holds back stores until it is flushed: a barrier alone does not make them visible, but an
     * invalidation command or an explicit flush ({@link HardwarePort#writeBufferFlushed}) does (VT-d CAP.RWBF).
     */
    boolean postedWrites();

    /**
     * Performs a DMA translation now, on memory as it is, without caches, and records a fault where there is one, by the
     * architecture's own means (fault registers, event log). For demonstrations, logs and unit tests; the checker uses
     * {@link #walker}.
     */
    Translation access(DmaRequest request);

    /**
     * A device sends a page request, which arrives at once: recorded by the architecture's own means, if the structures
     * allow it.
     *
     * @param pasid -1: none
     * @return false if it was answered negatively at once or dropped
     */
    boolean pageRequest(int requesterId, int pasid, int group, boolean last, long address, boolean read, boolean write);

    /**
     * Page requests that devices sent and that have not arrived. Those that do arrive, arrive as if {@link #pageRequest}
     * were called then.
     */
    PageRequestsUnderWay pageRequestsUnderWay();

    /** Entries of the command queue as the driver has set it up; 0 if the model does not tell. */
    default int commandQueueEntries() {
        return 0;
    }

    /** Commands taken from the queue so far: as long as it goes up, hardware makes progress. Fixed if it does not tell. */
    default long commandsTaken() {
        return 0;
    }

    /**
     * A page table in the CPU's own format that goes with this IOMMU, for shared address spaces, and for guests.
     *
     * @param levels as the CPU would have it; 0: the usual number
     * @param pointerOf what to write into a table for a page at a physical address: identity for the CPU's own tables, host
     *     physical to guest physical for a guest's
     */
    CpuPageTable newCpuPageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf);

    /**
     * What a guest sets up of its own (page table, and context descriptors or GCR3 table where the architecture lets the
     * guest have them), for nested domains.
     */
    GuestContext newGuestContext(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf);
}
