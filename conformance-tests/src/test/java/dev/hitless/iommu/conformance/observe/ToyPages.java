package dev.hitless.iommu.conformance.observe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What the pages of a toy machine are for, and so which of their words hardware reads, and how. */
final class ToyPages {
    /** What a page holds. */
    enum Use {
        DIRECTORY,
        ENTRIES,
        UPPER_TABLE,
        LOWER_TABLE
    }

    private final ToyHardware toy;
    private final Map<Long, Use> uses = new HashMap<>();
    /** Where an entry page serves one requester only. */
    private final Map<Long, Integer> owner = new HashMap<>();

    ToyPages(ToyHardware toy) {
        this.toy = toy;
    }

    long put(long page, Use use) {
        uses.put(page, use);
        return page;
    }

    long putEntriesOf(long page, Stream stream) {
        owner.put(page, stream.requesterId());
        return put(page, Use.ENTRIES);
    }

    private Use use(long address) {
        Use use = uses.get(address & ToyHardware.ADDRESS);
        if (use == null) {
            throw new IllegalArgumentException("nobody said what page 0x" + Long.toHexString(address) + " holds");
        }
        return use;
    }

    boolean snooped(long address) {
        Use use = use(address);
        return use == Use.DIRECTORY || use == Use.ENTRIES ? toy.snoopedConfiguration() : toy.snoopedTables();
    }

    /** Words of {@code page} that hardware may read. */
    List<Long> wordsRead(long page) {
        return switch (use(page)) {
            case DIRECTORY -> List.of(page, page + 8);
            case UPPER_TABLE -> List.of(page);
            case LOWER_TABLE ->
                LongStream.range(0, toy.pages()).mapToObj(p -> page + 8 * p).toList();
            case ENTRIES ->
                LongStream.range(0, 2)
                        .filter(r -> owner.getOrDefault(page, (int) r) == r)
                        .boxed()
                        .flatMap(r -> LongStream.range(0, toy.entryWords())
                                .mapToObj(w -> page + r * ToyHardware.ENTRY_BYTES + 8 * w))
                        .toList();
        };
    }
}
