package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.smmuv3.StreamTableEntryEffect.Fill;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.SwitchSearch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Ways from one stream table entry to another that no request notices.
 *
 * <p>Each field has its old and its new value, and those that could help beside: every Config, the smallest S1CDMax, every
 * S1DSS, VMID 0 and a VMID of nobody's. Not tried, because nothing can come of it:
 *
 * <ul>
 *   <li>other values of pointers, formats and attributes of walks and fetches: they are used, and lead elsewhere, or they
 *       are ignored, and then the old ones do as well;
 *   <li>STRW other than 0: the tables would be those of another exception level, and, without E2H, translations tagged with
 *       nothing (3.3.3);
 *   <li>split-stage ATS, S1STALLD and so on beyond old and new: they are used where stage 1 is on, and mean something else;
 *   <li>words 4 to 7: 0 in both, and ignored with the features that this driver uses.
 * </ul>
 */
final class StreamTableEntrySearch implements SwitchSearch.Limits {
    private static final long FRESH_VMID = 0x77;
    private static final long VMID = 0xFFFF;
    private static final int SUBSTREAM_BITS_SHIFT = 59;

    private final StreamTableEntryEffect old;
    private final StreamTableEntryEffect wanted;
    private final SwitchSearch search;

    private StreamTableEntrySearch(EntryContent from, EntryContent to, int unitWords) {
        this.old = StreamTableEntryEffect.of(from);
        this.wanted = StreamTableEntryEffect.of(to);
        this.search = new SwitchSearch(unitWords, units(from, to, unitWords), this);
    }

    /**
     * Searches.
     *
     * @param unitWords 1: hardware reads 64 bits at once; 2: 128
     */
    static StreamTableEntryRoute between(EntryContent from, EntryContent to, int unitWords) {
        StreamTableEntrySearch limits = new StreamTableEntrySearch(from, to, unitWords);
        return limits.search
                .fewestStores(from, to)
                .map(path -> new StreamTableEntryRoute(path, limits.search.waits(path), limits.search.contents()))
                .orElse(new StreamTableEntryRoute(List.of(), List.of(), limits.search.contents()));
    }

    /**
     * Whether no request notices anything on the way.
     *
     * @param contents of the entry at each wait, the first and the last included
     */
    static boolean isSafe(List<EntryContent> contents) {
        EntryContent from = contents.get(0);
        EntryContent to = contents.get(contents.size() - 1);
        StreamTableEntrySearch limits = new StreamTableEntrySearch(from, to, 1);
        for (int i = 1; i < contents.size(); i++) {
            if (!limits.search.mayMix(contents.get(i - 1), contents.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Each kind of request goes the old or the new way, and nothing gets under a tag that is another's. */
    @Override
    public boolean allow(EntryContent content) {
        StreamTableEntryEffect effect = StreamTableEntryEffect.of(content);
        return (effect.plain().equals(old.plain()) || effect.plain().equals(wanted.plain()))
                && (effect.withPasid().equals(old.withPasid())
                        || effect.withPasid().equals(wanted.withPasid()))
                && (effect.ats().equals(old.ats()) || effect.ats().equals(wanted.ats()))
                && effect.fills().stream().allMatch(this::isTagFree);
    }

    /**
     * A tag takes what its domain puts there anyway. Of the VMID of a stage-2 domain the translations with an ASID are
     * nobody's, since what is nested on it has VMIDs of its own; and an ASID of the host's is one domain's alone.
     */
    private boolean isTagFree(Fill fill) {
        if (old.fills().contains(fill) || wanted.fills().contains(fill) || fill.vmid() == FRESH_VMID) {
            return true;
        }
        boolean guests = isGuests(old, fill.vmid()) || isGuests(wanted, fill.vmid());
        return fill.vmid() != 0 && !fill.stageTwoOnly() && !fill.anyAsid() && !guests;
    }

    private static boolean isGuests(StreamTableEntryEffect effect, long vmid) {
        return effect.fills().stream().anyMatch(fill -> fill.vmid() == vmid && fill.anyAsid());
    }

    /** Two translations of one address under one tag at one time are a TLB conflict where their sizes differ (3.17, 5.4.1). */
    @Override
    public boolean allowTogether(EntryContent one, EntryContent other) {
        Set<Fill> first = StreamTableEntryEffect.of(one).fills();
        Set<Fill> second = StreamTableEntryEffect.of(other).fills();
        return first.stream().noneMatch(fill -> second.stream().anyMatch(fill::contradicts));
    }

    private static List<List<EntryContent>> units(EntryContent from, EntryContent to, int unitWords) {
        List<List<Long>> words = List.of(
                new Word(from.word(0), to.word(0))
                        .field(StreamTableEntry.VALID)
                        .field(StreamTableEntry.CONFIG, 4L << 1, 5L << 1, 6L << 1, 7L << 1)
                        .field(StreamTableEntry.S1FMT)
                        .field(StreamTableEntry.S1CONTEXTPTR)
                        .field(StreamTableEntry.S1CDMAX, 0, 1L << SUBSTREAM_BITS_SHIFT)
                        .values(),
                new Word(from.word(1), to.word(1))
                        .field(StreamTableEntry.S1DSS, 0, 1, 2)
                        .field(StreamTableEntry.S1_ATTRIBUTES)
                        .field(StreamTableEntry.S1STALLD)
                        .field(StreamTableEntry.EATS)
                        .field(StreamTableEntry.SHCFG)
                        .field(StreamTableEntry.S2FWB)
                        .values(),
                new Word(from.word(2), to.word(2))
                        .field(VMID, 0, FRESH_VMID)
                        .field(~VMID & 0x3FL << 32)
                        .field(~VMID & ~(0x3FL << 32))
                        .values(),
                new Word(from.word(3), to.word(3)).field(-1L).values());
        List<List<EntryContent>> units = new ArrayList<>();
        for (int first = 0; first < words.size(); first += unitWords) {
            List<EntryContent> values = List.of(EntryContent.zero(StreamTableEntry.WORDS));
            for (int word = first; word < first + unitWords; word++) {
                List<EntryContent> extended = new ArrayList<>();
                for (EntryContent value : values) {
                    for (long candidate : words.get(word)) {
                        extended.add(value.withWord(word, candidate));
                    }
                }
                values = extended;
            }
            units.add(values);
        }
        return units;
    }

    /** Every combination of what the fields of a word can be. */
    private static final class Word {
        private final long from;
        private final long to;
        private Set<Long> values;

        Word(long from, long to) {
            this.from = from;
            this.to = to;
            this.values = Set.of(0L);
        }

        Word field(long mask, long... more) {
            Set<Long> choices = new LinkedHashSet<>(List.of(from & mask, to & mask));
            for (long value : more) {
                choices.add(value);
            }
            Set<Long> combined = new LinkedHashSet<>();
            for (long value : values) {
                choices.forEach(choice -> combined.add(value | choice));
            }
            values = combined;
            return this;
        }

        List<Long> values() {
            return List.copyOf(values);
        }
    }
}
