package dev.hitless.iommu.driver.amdvi;

/**
 * Where the guest path of a device-table entry leads.
 *
 * @param root address of the GCR3 table
 * @param levels of the GCR3 table, 1..3
 * @param fiveLevels v2 tables have five levels, else four
 */
record Gcr3Pointer(long root, int levels, boolean fiveLevels) {}
