package dev.hitless.iommu.driver.support.update;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small entry that has everything that makes updates hard: a mode that decides which other words count, a tag apart from
 * the roots, and bits that are ignored.
 *
 * <pre>
 *  word 0:  | 5..4 tag | 3 extra, modes 2 and 3 | 2..1 mode | 0 valid |
 *  word 1:  | 1..0 root 1, modes 1 and 3 |
 *  word 2:  | 1..0 root 2, modes 2 and 3 |
 *
 *  mode 0 passes through; mode 1 uses root 1; mode 2 root 2; mode 3 both. The tag counts in modes 1 to 3.
 * </pre>
 */
final class AbstractEntries implements EntryLayout {
    static final long VALID = 1;
    static final TagField TAG = new TagField(0, 4, 2);
    /** A tag that no enumerated content carries. */
    static final long TRANSIT_TAG = 3;

    private final boolean copiesTagged;
    private final boolean snooped;

    AbstractEntries(boolean copiesTagged, boolean snooped) {
        this.copiesTagged = copiesTagged;
        this.snooped = snooped;
    }

    /** All contents that set no bit that they ignore. */
    static List<EntryContent> targets() {
        List<EntryContent> all = new ArrayList<>();
        all.add(EntryContent.zero(3));
        AbstractEntries layout = new AbstractEntries(false, true);
        for (long bits = 0; bits < 64; bits++) {
            long word0 = VALID | (bits & 3) << 1 | (bits >> 2 & 1) << 3 | (bits >> 3 & 1) << 4;
            EntryContent content = EntryContent.of(word0, 1 + (bits >> 4 & 1), 1 + (bits >> 5 & 1));
            EntryContent clean = content.and(layout.used(content));
            if (!all.contains(clean)) {
                all.add(clean);
            }
        }
        return all;
    }

    @Override
    public String name() {
        return "abstract entry";
    }

    @Override
    public int words() {
        return 3;
    }

    @Override
    public int quantumWords() {
        return 1;
    }

    @Override
    public EntryContent used(EntryContent content) {
        if (!isLive(content)) {
            return EntryContent.of(VALID, 0, 0);
        }
        return switch ((int) (content.word(0) >> 1 & 3)) {
            case 0 -> EntryContent.of(0b0111, 0, 0);
            case 1 -> EntryContent.of(0b11_0111, 3, 0);
            case 2 -> EntryContent.of(0b11_1111, 0, 3);
            default -> EntryContent.of(0b11_1111, 3, 3);
        };
    }

    @Override
    public boolean isLive(EntryContent content) {
        return (content.word(0) & VALID) != 0;
    }

    @Override
    public EntryContent parked(EntryContent content) {
        return content.withWord(0, content.word(0) & ~VALID);
    }

    @Override
    public Optional<TagField> cacheTag(EntryContent content) {
        boolean tagged = isLive(content) && (content.word(0) >> 1 & 3) != 0;
        return tagged ? Optional.of(TAG) : Optional.empty();
    }

    @Override
    public boolean copiesTagged() {
        return copiesTagged;
    }

    @Override
    public boolean snooped() {
        return snooped;
    }
}
