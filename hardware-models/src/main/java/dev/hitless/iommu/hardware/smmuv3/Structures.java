package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;

/**
 * How structures are fetched. STEs and CDs: at least 64 bits at once, 128 where the processing elements implement
 * FEAT_LSE2, in any order, V neither first nor last (IHI 0070 3.21.3). Descriptors: 64 bits.
 *
 * @param level1StreamTableDescriptor L1STD
 * @param streamTableEntry STE
 * @param level1ContextDescriptor L1CD
 * @param contextDescriptor CD
 * @param tableDescriptor VMSAv8-64 descriptor
 */
record Structures(
        StructureKind level1StreamTableDescriptor,
        StructureKind streamTableEntry,
        StructureKind level1ContextDescriptor,
        StructureKind contextDescriptor,
        StructureKind tableDescriptor) {

    private static final int ENTRY_WORDS = 8;

    /** All structures, with STEs and CDs read {@code fetchWords} words at once, snooping CPU caches or not. */
    static Structures of(int fetchWords, boolean snooped) {
        return new Structures(
                descriptor("L1STD", snooped),
                entry("STE", fetchWords, snooped),
                descriptor("L1CD", snooped),
                entry("CD", fetchWords, snooped),
                descriptor("table descriptor", snooped));
    }

    private static StructureKind entry(String name, int fetchWords, boolean snooped) {
        return new StructureKind(name, ENTRY_WORDS, fetchWords, FetchOrder.ANY, 0, snooped);
    }

    private static StructureKind descriptor(String name, boolean snooped) {
        return new StructureKind(name, 1, 1, FetchOrder.WHOLE, 0, snooped);
    }
}
