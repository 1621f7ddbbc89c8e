package dev.hitless.iommu.api;

/**
 * A CPU address space that devices share (SVA). Its page table belongs to the CPU's memory management; the IOMMU only
 * walks it.
 */
public interface AddressSpace {
    /** A short name for people. */
    String name();

    /** Physical address of the CPU page table's root, 4 KiB aligned. */
    long rootAddress();

    /** Levels of the CPU page table: x86 4 or 5; VMSAv8-64 by its address width. */
    int levels();

    /** Width of the virtual addresses in bits (x86: 48 or 57, sign-extended; VMSAv8-64: 64 - T0SZ). */
    int addressBits();

    /** Hears of every change until removed. */
    void addListener(AddressSpaceListener listener);

    /** Stops hearing. */
    void removeListener(AddressSpaceListener listener);
}
