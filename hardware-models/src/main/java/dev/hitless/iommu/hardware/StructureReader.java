package dev.hitless.iommu.hardware;

/**
 * How a walker reads. Two implementations: the plain one reads memory as it is; the branching one of the checker
 * returns, run after run, everything that could have been read. A walker must not remember anything between runs, and
 * must ask only for words that decide something, once each.
 */
public interface StructureReader {
    /**
     * Fetches a structure. The previous one, unless {@link #retain}ed, was read for this request alone, at its very
     * instant.
     *
     * @param address aligned to the structure's quantum
     * @return false if there is no memory: the walker reports an access fault
     */
    boolean fetch(StructureKind kind, long address);

    /** Word {@code index} of the structure fetched last. */
    long word(int index);

    /**
     * Says that hardware may keep the structure fetched last, as it was read, in {@code cache} under {@code tag}. To be
     * called after all words that decide were read and before the next {@link #fetch}, for valid entries always, for
     * not-present and faulting ones exactly where the architecture allows those to be cached. What is not retained was
     * read at the instant of the request. A leaf entry that hardware keeps in no other form than the finished translation
     * ({@link Translation#cacheable}) need not be retained.
     *
     * @param tag as coverage by invalidations is decided, packed by the model; part of the fetched content
     * @param firstAddress first input address that the entry serves (page-table entries); 0 for configuration
     * @param lengthBytes bytes from there; 0 for configuration. 0 with a first address of 0 means: no range. A length of
     *     {@link Long#MIN_VALUE} stands for 2^63 bytes (unsigned).
     */
    void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes);

    /** {@link #retain(CacheKind, long, long, long)} for configuration, which serves no range. */
    default void retain(CacheKind cache, long tag) {
        retain(cache, tag, 0, 0);
    }

    /**
     * The configuration is read: asks whether a finished translation of {@code iova} is cached under {@code tag}. If so,
     * fills {@code out} (address, size, permissions, attributes, cache and tag) and returns true; the walker does not
     * walk. To be called exactly once for each tag that hardware would look up, right before the page walk: first for the
     * tag of the request's own tables, then for wider ones, under which translations are shared (SMMUv3 global pages).
     */
    boolean hit(CacheKind cache, long tag, long iova, Translation out);
}
