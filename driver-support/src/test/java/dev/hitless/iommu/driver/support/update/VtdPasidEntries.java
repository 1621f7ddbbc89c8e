package dev.hitless.iommu.driver.support.update;

import java.util.Optional;

/** VT-d PASID table entries, as far as replacing them goes: two quanta of 128 bits matter. */
final class VtdPasidEntries implements EntryLayout {
    private static final long PRESENT = 1;

    static EntryContent firstStage(int domainId, long table) {
        return entry(1, 0, domainId, table);
    }

    static EntryContent secondStage(int domainId, long table) {
        return entry(2, table, domainId, 0);
    }

    static EntryContent nested(int domainId, long first, long second) {
        return entry(3, second, domainId, first);
    }

    static EntryContent passThrough() {
        return entry(4, 0, 1, 0);
    }

    private static EntryContent entry(long type, long secondStage, long domainId, long firstStage) {
        return EntryContent.of(PRESENT | type << 6 | 2 << 2 | secondStage, domainId, firstStage, 0, 0, 0, 0, 0);
    }

    @Override
    public String name() {
        return "PASID entry";
    }

    @Override
    public int words() {
        return 8;
    }

    @Override
    public int quantumWords() {
        return 2;
    }

    @Override
    public EntryContent used(EntryContent content) {
        long control = PRESENT | 7 << 6 | 7 << 2;
        long root = -1L << 12;
        long tag = 0xFFFF | 3L << 23;
        return switch (type(content)) {
            case 1 -> EntryContent.of(control, tag, root | 0xFF, 0, 0, 0, 0, 0);
            case 2 -> EntryContent.of(control | 1 << 9 | root, tag, 0, 0, 0, 0, 0, 0);
            case 3 -> EntryContent.of(control | 1 << 9 | root, tag, root | 0xFF, 0, 0, 0, 0, 0);
            case 4 -> EntryContent.of(control, tag, 0, 0, 0, 0, 0, 0);
            default -> EntryContent.of(PRESENT, 0, 0, 0, 0, 0, 0, 0);
        };
    }

    private static int type(EntryContent content) {
        return (content.word(0) & PRESENT) == 0 ? 0 : (int) (content.word(0) >> 6 & 7);
    }

    @Override
    public boolean isLive(EntryContent content) {
        return type(content) != 0;
    }

    @Override
    public EntryContent parked(EntryContent content) {
        return content.withWord(0, content.word(0) & ~PRESENT);
    }

    @Override
    public Optional<TagField> cacheTag(EntryContent content) {
        return isLive(content) ? Optional.of(new TagField(1, 0, 16)) : Optional.empty();
    }

    @Override
    public boolean copiesTagged() {
        return true;
    }

    @Override
    public boolean snooped() {
        return false;
    }
}
