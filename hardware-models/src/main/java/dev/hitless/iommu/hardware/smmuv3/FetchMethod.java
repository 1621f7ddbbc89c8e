package dev.hitless.iommu.hardware.smmuv3;

/**
 * Decides whether a fetch snoops: IDR0.COHACC=1 makes accesses IO-coherent, for the attributes that ask for it. Attribute
 * fields: cacheability 0 is non-cacheable; shareability 0 is non-shareable.
 */
final class FetchMethod {
    private final Structures snooping;
    private final Structures direct;

    FetchMethod(Smmuv3Features features) {
        this.direct = Structures.of(features.fetchWords(), false);
        this.snooping = features.coherent() ? Structures.of(features.fetchWords(), true) : direct;
    }

    /** How a structure is fetched with these attributes. */
    Structures with(int innerCacheability, int outerCacheability, int shareability) {
        return innerCacheability != 0 && outerCacheability != 0 && shareability != 0 ? snooping : direct;
    }
}
