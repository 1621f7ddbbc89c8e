package dev.hitless.iommu.driver.smmuv3;

/**
 * How translations of a domain are tagged in the SMMU's caches.
 *
 * @param kind which tag counts
 * @param id ASID under VMID 0, or VMID; 0 for none
 */
record TranslationTag(Kind kind, int id) {
    /** Which tag counts. */
    enum Kind {
        /** Nothing is cached: blocked and identity domains. */
        NONE,
        /** Stage 1. */
        ASID,
        /** Stage 2, and whatever a guest's stage 1 made on top of it. */
        VMID
    }

    /** No translations. */
    static final TranslationTag NOTHING = new TranslationTag(Kind.NONE, 0);

    static TranslationTag asid(int asid) {
        return new TranslationTag(Kind.ASID, asid);
    }

    static TranslationTag vmid(int vmid) {
        return new TranslationTag(Kind.VMID, vmid);
    }
}
