package dev.hitless.iommu.hardware;

/** What the machine around it offers to a hardware model. */
public interface HardwarePort {
    /** Reads memory as the bus sees it now: for command queues and for {@link HardwareModel#access}. */
    long read64(long address);

    /** Whether there is memory at {@code address} (allocated and not freed). */
    boolean isMemory(long address);

    /** The hardware's own write of an aligned 64-bit word: completion status, log records. */
    void write64(long address, long value);

    /** The hardware's own write of an aligned 32-bit word. */
    void write32(long address, int value);

    /**
     * A command became fetchable (at the doorbell) and was decoded: its effect on caches may take place from now on, and
     * has taken place for certain only once {@link #observed} was said of it.
     *
     * @return its number, to be given to {@link #observed}
     */
    int submitted(Invalidation invalidation);

    /**
     * The driver has just <em>seen</em> the completion of command {@code number}: it read the status word, the consumer
     * index or whatever the architecture offers, and the value said so. Said once for each.
     */
    void observed(int number);

    /**
     * A fence was executed: every command that was {@link #submitted} before it has been carried out before any that is
     * submitted after it begins, whether or not the driver has seen the completion (VT-d: a wait descriptor with FN).
     */
    default void fenced() {}

    /** The driver had posted writes flushed (only on hardware with {@link HardwareModel#postedWrites}). */
    void writeBufferFlushed();

    /** The driver gave the hardware a command or register value that the specification calls malformed (rule DRV-14). */
    void malformed(String complaint);

    /** A page-request group was answered towards the device, by a command or by the hardware itself. Pasid -1: none. */
    void pageResponse(int requesterId, int pasid, int group, PageAnswer answer);

    /** A page request arrived and will not be in the queue: there was no room, or the structures did not allow it. */
    default void pageRequestLost(PageRequestMessage request) {}

    /**
     * Asked by the model for each command it is about to execute, and for each completion it is about to signal.
     *
     * @param command decoded, for people
     */
    Fate fateOf(String command);

    /** As {@link #fateOf(String)}, of an invalidation: a device that is gone does not answer. */
    default Fate fateOf(Invalidation invalidation) {
        return fateOf(invalidation.describe());
    }

    /** What a device is told about a page-request group (PCIe, Page Request Interface, response codes). */
    enum PageAnswer {
        /** The pages are there, or room is there again: retry. */
        SUCCESS,
        /** They could not be had: do not retry. */
        INVALID,
        /** General failure: stop sending page requests. */
        FAILURE
    }

    /** What becomes of a command. */
    enum Fate {
        /** It is executed. */
        EXECUTE,
        /** The hardware rejects it as if it were malformed, by the architecture's own means. */
        REJECT,
        /** It never completes: a later completion must not be signalled either, until the driver recovers the queue. */
        LOSE
    }
}
