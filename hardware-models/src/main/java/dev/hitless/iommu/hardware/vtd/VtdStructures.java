package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;

/**
 * How each structure is fetched.
 *
 * <p>Root, context and PASID entries are read in units of 128 bits, of which a root entry is one, without promise about
 * order among units. That no unit is
 * read before the one with P was read as 1 is inferred from the ownership handshake (VT-d spec 6.5.3.3), which asks for no
 * invalidation from P=0 to P=1 (CAP.CM=0) and would be torn otherwise; option {@code fetch-order=any} drops the
 * inference. Directory and page-table entries are 64 bits and read at once. Tables above the pages are snooped if ECAP.C
 * says so, page tables if ECAP.SMPWC does and the PASID entry asks for it (PWSNP).
 */
final class VtdStructures {
    private static final int QUANTUM_WORDS = 2;

    final StructureKind rootEntry;
    final StructureKind contextEntry;
    final StructureKind directoryEntry;
    final StructureKind pasidEntry;
    private final StructureKind firstStage;
    private final StructureKind firstStageSnooped;
    private final StructureKind secondStage;
    private final StructureKind secondStageSnooped;

    VtdStructures(VtdCapabilities capabilities) {
        FetchOrder order = capabilities.anyFetchOrder() ? FetchOrder.ANY : FetchOrder.VALID_FIRST;
        boolean snooped = capabilities.coherent();
        rootEntry = new StructureKind("root entry", 2, QUANTUM_WORDS, FetchOrder.WHOLE, 0, snooped);
        contextEntry = new StructureKind("context entry", 4, QUANTUM_WORDS, order, 0, snooped);
        directoryEntry = new StructureKind("PASID directory entry", 1, 1, FetchOrder.WHOLE, 0, snooped);
        pasidEntry = new StructureKind("PASID entry", 8, QUANTUM_WORDS, order, 0, snooped);
        firstStage = new StructureKind("first-stage entry", 1, 1, FetchOrder.WHOLE, 0, false);
        firstStageSnooped = firstStage.withSnooped(true);
        secondStage = new StructureKind("second-stage entry", 1, 1, FetchOrder.WHOLE, 0, false);
        secondStageSnooped = secondStage.withSnooped(true);
    }

    StructureKind firstStageEntry(boolean snooped) {
        return snooped ? firstStageSnooped : firstStage;
    }

    StructureKind secondStageEntry(boolean snooped) {
        return snooped ? secondStageSnooped : secondStage;
    }
}
