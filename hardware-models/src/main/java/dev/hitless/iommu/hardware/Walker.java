package dev.hitless.iommu.hardware;

/**
 * What the hardware does with a request, given the registers at one moment: a plain function of the request and of what
 * the reader returns. No state, no clock, no allocation.
 */
public interface Walker {
    /**
     * Translates {@code request}, whatever its access: finds the configuration, asks {@link StructureReader#hit}, walks
     * the page tables, and fills {@code out} with the translation (its permissions included) or a fault. Access rights
     * are not compared with the request here; {@link #admit} does that.
     */
    void translate(DmaRequest request, StructureReader reader, Translation out);

    /**
     * Compares a translation with the request's access; turns {@code out} into a PERMISSION fault with the right code if
     * it is not allowed. Leaves faults alone.
     */
    void admit(DmaRequest request, Translation out);

    /** The cache inside devices that ATS answers go to. */
    CacheKind deviceCache();

    /** Tag of this request's translations in {@link #deviceCache}. */
    long deviceTag(DmaRequest request);

    /**
     * Whether two cached translations of one address under one tag contradict each other in a way that the architecture
     * leaves undefined (SMMUv3: different sizes or attributes).
     */
    default boolean conflict(Translation first, Translation second) {
        return false;
    }
}
