package dev.hitless.iommu.hardware;

/** A page table in the CPU's format, built by the scenario on behalf of the CPU's memory management. */
public interface CpuPageTable {
    /** Physical address of the root. */
    long rootAddress();

    /** Levels. */
    int levels();

    /** Width of virtual addresses in bits. */
    int addressBits();

    /**
     * Maps pages, user accessible, accessed and (if writable) dirty.
     *
     * @param address page-aligned virtual address
     * @param target page-aligned output address
     * @param lengthBytes 4 KiB, or a large-page size that the format has (one block is written)
     * @param write writes are allowed
     */
    void map(long address, long target, long lengthBytes, boolean write);

    /** Removes what {@link #map} made with the same address and length. Tables stay. */
    void unmap(long address, long lengthBytes);

    /** Frees all tables. */
    void free();
}
