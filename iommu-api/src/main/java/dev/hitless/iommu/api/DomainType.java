package dev.hitless.iommu.api;

/** The kinds of translation that can stand behind a device or a PASID. */
public enum DomainType {
    /** A page table that the caller fills by map and unmap. */
    PAGING,
    /** A guest's first stage on top of a paging domain. */
    NESTED,
    /** Shared virtual addressing: the CPU page table of an address space. */
    SVA,
    /** I/O addresses are physical addresses. */
    IDENTITY,
    /** All DMA is aborted. Attaching it to a PASID is how a PASID is removed. */
    BLOCKED
}
