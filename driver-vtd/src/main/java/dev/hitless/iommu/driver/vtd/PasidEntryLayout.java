package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryLayout;
import dev.hitless.iommu.driver.support.update.TagField;
import java.util.Optional;

/**
 * What the planner must know about PASID entries: pieces of 128 bits (VT-d spec 6.5.3.3 and the kernel's experience), and
 * the domain id as the tag of everything cached.
 *
 * @param snooped ECAP.C
 */
record PasidEntryLayout(boolean snooped) implements EntryLayout {
    private static final TagField DOMAIN_ID = new TagField(1, 0, 16);

    @Override
    public String name() {
        return "PASID entry";
    }

    @Override
    public int words() {
        return PasidEntry.WORDS;
    }

    @Override
    public int quantumWords() {
        return PasidEntry.QUANTUM_WORDS;
    }

    @Override
    public EntryContent used(EntryContent content) {
        long[] used = new long[PasidEntry.WORDS];
        for (int i = 0; i < used.length; i++) {
            used[i] = PasidEntry.usedBits(content.word(0), i);
        }
        return EntryContent.of(used);
    }

    @Override
    public boolean isLive(EntryContent content) {
        return (content.word(0) & PasidEntry.PRESENT) != 0;
    }

    @Override
    public EntryContent parked(EntryContent content) {
        return content.withWord(0, content.word(0) & ~PasidEntry.PRESENT);
    }

    @Override
    public Optional<TagField> cacheTag(EntryContent content) {
        return isLive(content) ? Optional.of(DOMAIN_ID) : Optional.empty();
    }

    /** The words of {@code entry}. */
    static EntryContent content(PasidEntry entry) {
        long[] words = new long[PasidEntry.WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = entry.word(i);
        }
        return EntryContent.of(words);
    }

    /** The entry with these words. */
    static PasidEntry entry(EntryContent content) {
        return new PasidEntry(content.word(0), content.word(1), content.word(2));
    }
}
