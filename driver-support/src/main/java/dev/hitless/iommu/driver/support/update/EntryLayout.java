package dev.hitless.iommu.driver.support.update;

import java.util.Optional;

/**
 * What a planner must know about one kind of entry. Implemented by the driver, from the hardware's specification; a
 * pure function of content.
 */
public interface EntryLayout {
    /** For messages, for example {@code PASID entry}. */
    String name();

    /** Length in 64-bit words, 1..8. */
    int words();

    /**
     * The largest unit, in words, that hardware certainly reads at once: 1, 2, 4 or 8, dividing {@link #words}. Units
     * wider than a store are handled as if each stored part was read on its own, which is always right.
     */
    int quantumWords();

    /**
     * The bits that decide what hardware does with this content, and no others. Must depend on nothing but bits that it
     * says are used: two contents that agree on {@code used} of one have the same {@code used}.
     */
    EntryContent used(EntryContent content);

    /**
     * Bits that may be mixed between {@code from} and {@code to}, though both use them: hardware does the same, or nothing
     * can ask at the time (SMMUv3: MEV, and EATS while the function's ATS is off). Zero if there are none.
     */
    default EntryContent harmless(EntryContent from, EntryContent to) {
        return EntryContent.zero(words());
    }

    /**
     * Bits that do nothing in {@code from} but tag what hardware keeps, and that it may have as {@code to} does before the
     * switch: under the mixed tag is nothing of anybody else's then, nor comes to be. The driver drops it afterwards.
     * Zero if there are none.
     */
    default EntryContent tagAhead(EntryContent from, EntryContent to) {
        return EntryContent.zero(words());
    }

    /** The same of {@code to}, which may have them as {@code from} does for some time after the switch. */
    default EntryContent tagAfterwards(EntryContent from, EntryContent to) {
        return EntryContent.zero(words());
    }

    /** Whether requests can be translated by this content: false when they are blocked or the entry is not valid. */
    boolean isLive(EntryContent content);

    /**
     * What breaks {@code content}: a content that blocks, one store away from it, and never lets requests through
     * untranslated. Usually {@code content} with nothing but the valid bit cleared; on AMD-Vi, where V = 0 passes
     * everything through, V = 1 with TV = 0.
     */
    EntryContent parked(EntryContent content);

    /** The field with which hardware tags translations of this content; empty if it has none here. */
    Optional<TagField> cacheTag(EntryContent content);

    /**
     * Whether hardware drops copies of the entry by the tag that they carry (VT-d: PASID-selective within a domain id),
     * rather than by the place that they came from (SMMUv3, AMD-Vi). A fetch that straddles a switch may then carry the
     * tag that is still to come.
     */
    default boolean copiesTagged() {
        return false;
    }

    /** Whether hardware's fetches of the entry snoop the CPU's caches; if not, stores are cleaned. */
    boolean snooped();
}
