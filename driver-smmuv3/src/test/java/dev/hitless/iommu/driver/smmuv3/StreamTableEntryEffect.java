package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the SMMU does with a stream table entry of a device without PASIDs in use (IHI 0070 5.2): which way requests go, and
 * under which tags it keeps translations (3.17). Written down independently of {@link StreamTableEntryLayout}, and more exact:
 * fields that are ignored because of others do not count (S1DSS and S1Fmt where S1CDMax is 0, how descriptors are fetched
 * where none is).
 *
 * @param plain where requests without PASID go
 * @param withPasid where requests with PASID go
 * @param ats where translation requests without PASID go
 * @param fills what it makes the SMMU keep
 */
record StreamTableEntryEffect(Route plain, Route withPasid, Route ats, Set<Fill> fills) {
    /** Where requests go. Equal if the same comes of it. */
    sealed interface Route {}

    /** Aborted. */
    record Blocked() implements Route {}

    /** Out as they came in. */
    record Untranslated(long shareability) implements Route {}

    /** Stage 2 alone. */
    record StageTwo(long walk, long table, long forcedWriteBack, long shareability) implements Route {}

    /** A context descriptor, or a table of them, perhaps behind stage 2. */
    record Descriptors(
            long pointer,
            long format,
            long bits,
            long howToFetch,
            @Nullable StageTwo behind) implements Route {}

    /**
     * Translations that are kept under a tag.
     *
     * @param stageTwoOnly whether they are of stage 2 alone, and go without ASID
     * @param anyAsid a guest chooses the ASID; else it is one of the host's, which one domain alone has
     */
    record Fill(long vmid, boolean stageTwoOnly, boolean anyAsid, Route translations) {
        /** Whether one look-up can find both, though they are not the same. */
        boolean contradicts(Fill other) {
            return vmid == other.vmid && stageTwoOnly == other.stageTwoOnly && !translations.equals(other.translations);
        }
    }

    private static final Blocked BLOCKED = new Blocked();

    static StreamTableEntryEffect of(EntryContent entry) {
        long word0 = entry.word(0);
        long word1 = entry.word(1);
        if ((word0 & 1) == 0 || (word0 >>> 1 & 4) == 0) {
            return new StreamTableEntryEffect(BLOCKED, BLOCKED, BLOCKED, Set.of());
        }
        boolean stage1 = (word0 >>> 1 & 1) != 0;
        boolean stage2 = (word0 >>> 1 & 2) != 0;
        long shareability = word1 >>> 44 & 3;
        long vmid = entry.word(2) & 0xFFFF;
        StageTwo second =
                stage2 ? new StageTwo(entry.word(2) & ~0xFFFFL, entry.word(3), word1 >>> 25 & 1, shareability) : null;
        Route unstaged = second == null ? new Untranslated(shareability) : second;
        long substreamBits = word0 >>> 59;
        Route plain = unstaged;
        Route withPasid = BLOCKED;
        if (stage1) {
            long dss = word1 & 3;
            Descriptors first = descriptors(entry, 0, second);
            boolean byDescriptor = substreamBits == 0 || dss == 2;
            plain = byDescriptor ? first : dss == 1 ? unstaged : BLOCKED;
            // Without stage 2 they are the host's, and none of those is valid but descriptor 0.
            withPasid = substreamBits == 0 || second == null ? BLOCKED : descriptors(entry, substreamBits, second);
        }
        boolean answers = (stage1 || stage2) && (word1 >>> 28 & 3) == 1;
        return new StreamTableEntryEffect(
                plain, withPasid, answers ? plain : BLOCKED, fills(vmid, plain, withPasid, second));
    }

    private static Descriptors descriptors(EntryContent entry, long bits, @Nullable StageTwo behind) {
        boolean single = entry.word(0) >>> 59 == 0;
        long format = single ? 0 : entry.word(0) >>> 4 & 3;
        long howToFetch = entry.word(1) & (0x3FL << 2 | 1L << 27 | 3L << 30);
        return new Descriptors(entry.word(0) & 0x000F_FFFF_FFFF_FFC0L, format, bits, howToFetch, behind);
    }

    private static Set<Fill> fills(long vmid, Route plain, Route withPasid, @Nullable StageTwo second) {
        Set<Fill> fills = new HashSet<>();
        if (second != null) {
            fills.add(new Fill(vmid, true, false, new StageTwo(second.walk, second.table, 0, 0)));
        }
        for (Route route : List.of(plain, withPasid)) {
            if (route instanceof Descriptors first) {
                Route table = new Descriptors(first.pointer, 0, 0, 0, second);
                fills.add(new Fill(vmid, false, second != null, table));
            }
        }
        return fills;
    }
}
