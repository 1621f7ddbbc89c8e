package dev.hitless.iommu.api;

/** What a driver promises DMA during one particular replacement. The conformance suite holds it to it. */
public enum ReplaceGuarantee {
    /** At every instant DMA sees the old translation or the new one. */
    HITLESS,
    /** DMA may be blocked for a while between old and new; never torn, never untranslated. */
    BREAK_BEFORE_MAKE,
    /** Refused with EOPNOTSUPP, EINVAL or EBUSY, before anything changed. */
    UNSUPPORTED
}
