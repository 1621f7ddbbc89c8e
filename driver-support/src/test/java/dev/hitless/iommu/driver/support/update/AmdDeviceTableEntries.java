package dev.hitless.iommu.driver.support.update;

import java.util.Optional;

/** AMD-Vi device table entries: read whole, stored by halves, and V = 0 passes everything through. */
final class AmdDeviceTableEntries implements EntryLayout {
    static final long V = 1;
    private static final long TV = 2;
    private static final long GV = 1L << 55;
    private static final long PAGING_MODE = 3L << 54;

    static EntryContent blocked() {
        return EntryContent.of(V, 0, 0, 0);
    }

    static EntryContent v1(int domainId, long root) {
        return EntryContent.of(V | TV | 3 << 9 | root | 3L << 61, domainId, 0, 0);
    }

    static EntryContent v2(int domainId, long gcr3, long mode) {
        return EntryContent.of(V | TV | GV | 1L << 54 | 3L << 61, domainId | gcr3 << 43, mode << 54, 0);
    }

    @Override
    public String name() {
        return "DTE";
    }

    @Override
    public int words() {
        return 4;
    }

    @Override
    public int quantumWords() {
        return 4;
    }

    @Override
    public EntryContent used(EntryContent content) {
        if ((content.word(0) & V) == 0) {
            return EntryContent.of(V, 0, 0, 0);
        }
        if ((content.word(0) & TV) == 0) {
            return EntryContent.of(V | TV, 0, 0, 0);
        }
        return EntryContent.of(-1, -1, (content.word(0) & GV) != 0 ? PAGING_MODE : 0, 0);
    }

    @Override
    public boolean isLive(EntryContent content) {
        // Without V everything passes: that is live, and nothing to park in.
        return (content.word(0) & V) == 0 || (content.word(0) & TV) != 0;
    }

    @Override
    public EntryContent parked(EntryContent content) {
        return content.withWord(0, (content.word(0) | V) & ~TV);
    }

    @Override
    public Optional<TagField> cacheTag(EntryContent content) {
        return (content.word(0) & TV) != 0 ? Optional.of(new TagField(1, 0, 16)) : Optional.empty();
    }

    @Override
    public boolean snooped() {
        return true;
    }
}
