package dev.hitless.iommu.driver.support.queue;

import java.util.Optional;

/** The registers of one command queue, implemented by the driver. All calls come with the ring's lock held, but {@link #failure}. */
public interface QueuePort {
    /**
     * Tells hardware that everything before {@code position} is there: writes the tail, or producer, register.
     *
     * @param position entries put into the ring since it exists; modulo the ring's length it is the slot that comes next,
     *     and the bit above that is the wrap flag (SMMUv3)
     */
    void ringDoorbell(long position);

    /** The slot that hardware looks at next, from its head, or consumer, register; wrap flag and error field left out. */
    int consumerSlot();

    /** Whether hardware has stopped, and why (VT-d FSTS, SMMUv3 GERROR and CONS.ERR, AMD-Vi Status). Changes nothing. */
    Optional<QueueFailure> failure();

    /**
     * Clears the error and lets hardware go on where it stopped. A rejected command there was overwritten with one that
     * does nothing. The doorbell is rung afterwards. Hardware may stop again at once, for whatever comes next.
     */
    void resume(QueueFailure failure);

    /**
     * Has hardware drop everything that it has not carried out, and start anew with an empty queue: switches it off, sets
     * head and tail, clears errors, switches it on.
     *
     * @param position as of {@link #ringDoorbell}
     * @return where hardware stands now: {@code position}, or the next multiple of the ring's length where hardware always
     *     starts at slot 0
     * @throws dev.hitless.iommu.api.IommuException ETIMEDOUT
     */
    long restart(long position);
}
