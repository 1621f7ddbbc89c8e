package dev.hitless.iommu.api.platform;

/**
 * The IOMMU's memory-mapped registers. A write is ordered after all earlier stores to memory ({@code writel}). Offsets
 * are in bytes and aligned to the access.
 */
public interface RegisterBank {
    /** Reads 32 bits. */
    int read32(long offset);

    /** Reads 64 bits. */
    long read64(long offset);

    /** Writes 32 bits. */
    void write32(long offset, int value);

    /** Writes 64 bits. */
    void write64(long offset, long value);
}
