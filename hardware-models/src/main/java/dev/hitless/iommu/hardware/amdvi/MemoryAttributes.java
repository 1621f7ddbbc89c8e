package dev.hitless.iommu.hardware.amdvi;

/** {@link dev.hitless.iommu.hardware.Translation#attributes} of this model. */
final class MemoryAttributes {
    /** Host leaf: force coherent. */
    static final long FORCE_COHERENT = 1;
    /** Host leaf U: for untranslated requests only. */
    static final long UNTRANSLATED_ONLY = 1 << 1;
    /** DTE.SD. */
    static final long SNOOP_DISABLED = 1 << 2;
    /** Guest leaf: write-through. */
    static final long PWT = 1 << 3;
    /** Guest leaf: cache disable. */
    static final long PCD = 1 << 4;
    /** Guest leaf: page attribute table. */
    static final long PAT = 1 << 5;

    private MemoryAttributes() {}
}
