package dev.hitless.iommu.driver.smmuv3;

/**
 * A stage-2 table as a stream table entry names it.
 *
 * @param vmid the tag of what is translated by it
 * @param root physical address, aligned to its size
 * @param inputBits width of its input addresses: 64 - S2T0SZ
 * @param levels 3 or 4
 */
record StageTwoTable(int vmid, long root, int inputBits, int levels) {
    /** S2SL0 for the 4 KiB granule: 0 starts at level 2, 1 at level 1, 2 at level 0. */
    int startCode() {
        return levels - 2;
    }
}
