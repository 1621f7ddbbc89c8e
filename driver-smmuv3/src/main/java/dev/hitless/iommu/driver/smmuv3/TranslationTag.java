package dev.hitless.iommu.driver.smmuv3;

import java.util.List;

/**
 * How translations of a domain are tagged in the SMMU's caches.
 *
 * @param kind which tag counts
 * @param id ASID, or VMID; 0 for none
 * @param vmids VMIDs that the ASID is under; empty unless an ASID counts
 */
record TranslationTag(Kind kind, int id, List<Integer> vmids) {
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
    static final TranslationTag NOTHING = new TranslationTag(Kind.NONE, 0, List.of());

    TranslationTag {
        vmids = List.copyOf(vmids);
    }

    /** {@code asid} under VMID 0. */
    static TranslationTag asid(int asid) {
        return asid(asid, List.of(0));
    }

    static TranslationTag asid(int asid, List<Integer> vmids) {
        return new TranslationTag(Kind.ASID, asid, vmids);
    }

    static TranslationTag vmid(int vmid) {
        return new TranslationTag(Kind.VMID, vmid, List.of());
    }
}
