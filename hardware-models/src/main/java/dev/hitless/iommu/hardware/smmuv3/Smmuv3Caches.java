package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CacheKind.Role;
import java.util.List;

/** Every cache that an SMMU, or a device behind it, may have. */
final class Smmuv3Caches {
    /** Tagged by {@link ConfigurationTag#streamTableLevel1}. */
    static final CacheKind L1STD = new CacheKind("L1STD cache", Role.CONFIGURATION);
    /** Tagged by {@link ConfigurationTag#streamTableEntry}. */
    static final CacheKind STE = new CacheKind("STE cache", Role.CONFIGURATION);
    /** Tagged by {@link ConfigurationTag#contextTableLevel1}. */
    static final CacheKind L1CD = new CacheKind("L1CD cache", Role.CONFIGURATION);
    /** Tagged by {@link ConfigurationTag#contextDescriptor}. */
    static final CacheKind CD = new CacheKind("CD cache", Role.CONFIGURATION);
    /** Stage-1 table descriptors, tagged by {@link TlbTag}, ranges of virtual addresses. */
    static final CacheKind STAGE1_WALK = new CacheKind("stage-1 walk cache", Role.PAGING_STRUCTURE);
    /** Stage-1 leaf descriptors of nested translations: VA to IPA. */
    static final CacheKind STAGE1_LEAF = new CacheKind("stage-1 leaf cache", Role.PAGING_STRUCTURE);
    /** Stage-2 table descriptors, tagged by {@link TlbTag#stage2}, ranges of intermediate physical addresses. */
    static final CacheKind STAGE2_WALK = new CacheKind("stage-2 walk cache", Role.PAGING_STRUCTURE);
    /** Stage-2 leaf descriptors met in nested translations: IPA to PA. */
    static final CacheKind STAGE2_LEAF = new CacheKind("stage-2 leaf cache", Role.PAGING_STRUCTURE);
    /** Finished translations. */
    static final CacheKind TLB = new CacheKind("TLB", Role.TRANSLATION);
    /** Inside devices; tagged by {@link ConfigurationTag#deviceTranslation}. */
    static final CacheKind ATC = new CacheKind("ATC", Role.DEVICE_TRANSLATION);

    private static final List<CacheKind> WITHOUT_ATC =
            List.of(L1STD, STE, L1CD, CD, STAGE1_WALK, STAGE1_LEAF, STAGE2_WALK, STAGE2_LEAF, TLB);
    private static final List<CacheKind> ALL =
            List.of(L1STD, STE, L1CD, CD, STAGE1_WALK, STAGE1_LEAF, STAGE2_WALK, STAGE2_LEAF, TLB, ATC);

    private Smmuv3Caches() {}

    /** The caches of a machine with {@code features}. */
    static List<CacheKind> of(Smmuv3Features features) {
        return features.ats() ? ALL : WITHOUT_ATC;
    }
}
