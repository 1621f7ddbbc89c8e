package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;

/**
 * Under which tag hardware caches translations, and with which command it drops them (VT-d spec 6.2.4, 6.5.3.3).
 *
 * @param domainId DID
 * @param pasid the PASID; for second-stage translations, which carry none, {@link Pasid#NONE}
 * @param stages which tables the translations came from
 */
record TranslationTag(int domainId, Pasid pasid, Stages stages) {
    /** What was walked. */
    enum Stages {
        /** First stage or pass-through: tagged with domain id and PASID. */
        FIRST,
        /** Second stage: tagged with the domain id alone. */
        SECOND,
        /** Both: finished translations carry the PASID, second-stage paging structures do not. */
        BOTH
    }

    /** Of a first-stage table, or of pass-through. */
    static TranslationTag firstStage(int domainId, Pasid pasid) {
        return new TranslationTag(domainId, pasid, Stages.FIRST);
    }

    /** Of a second-stage table. */
    static TranslationTag secondStage(int domainId) {
        return new TranslationTag(domainId, Pasid.NONE, Stages.SECOND);
    }

    /** Of a guest's first stage on a second stage. */
    static TranslationTag nested(int domainId, Pasid pasid) {
        return new TranslationTag(domainId, pasid, Stages.BOTH);
    }
}
