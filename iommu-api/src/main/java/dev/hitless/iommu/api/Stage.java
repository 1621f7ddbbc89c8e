package dev.hitless.iommu.api;

/** Which stage of translation a page table serves. */
public enum Stage {
    /** I/O virtual to (guest) physical; what carries PASIDs. VT-d first stage, SMMUv3 stage 1, AMD-Vi v2. */
    FIRST,
    /** Guest physical to physical. VT-d second stage, SMMUv3 stage 2, AMD-Vi v1. */
    SECOND
}
