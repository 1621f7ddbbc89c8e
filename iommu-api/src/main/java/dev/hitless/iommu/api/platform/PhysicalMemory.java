package dev.hitless.iommu.api.platform;

/**
 * Physical memory that both CPU and IOMMU see. Addresses are physical byte addresses, unsigned; values are in the CPU's
 * byte order, which is little endian as the hardware's.
 *
 * <p>Stores become visible to the IOMMU at some instant between the store and the next {@link #writeBarrier} or
 * register write, in any order among themselves. Where the IOMMU does not snoop CPU caches, a store becomes visible for
 * certain only at the first barrier after a {@link #cleanCache} that covers it.
 */
public interface PhysicalMemory {
    /** Smallest unit of allocation, in bytes. */
    int PAGE_BYTES = 4096;

    /**
     * Allocates physically contiguous memory, aligned to its length rounded up to a power of two, at least to a page.
     *
     * @param lengthBytes positive; rounded up to whole pages
     * @param zeroed true: filled with zeroes, by ordinary stores (to be made visible like any other); false: content
     *     undefined
     * @return physical address
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    long allocate(long lengthBytes, boolean zeroed);

    /**
     * Gives memory back. The hardware must not be able to reach it any more.
     *
     * @param address as returned by {@link #allocate}
     * @param lengthBytes as given to {@link #allocate}
     */
    void free(long address, long lengthBytes);

    /** Reads an aligned 64-bit word. */
    long load64(long address);

    /** Writes an aligned 64-bit word, seen whole. */
    void store64(long address, long value);

    /** Whether {@link #store128} is offered. */
    boolean hasStore128();

    /**
     * Writes an aligned 128-bit unit, seen whole.
     *
     * @param low the word at {@code address}
     * @param high the word at {@code address + 8}
     * @throws dev.hitless.iommu.api.IommuException EOPNOTSUPP when {@link #hasStore128} is false
     */
    void store128(long address, long low, long high);

    /** Writes {@code value} if the word is {@code expected}; says whether it did. */
    boolean compareAndSet64(long address, long expected, long value);

    /** Orders earlier stores before later ones, as the IOMMU sees them ({@code dma_wmb}). */
    void writeBarrier();

    /** Writes back the CPU's cache lines of the range, for an IOMMU that does not snoop. Effective at the next barrier. */
    void cleanCache(long address, long lengthBytes);
}
