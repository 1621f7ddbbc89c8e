package dev.hitless.iommu.driver.smmuv3;

import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_BYPASS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.EATS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.EATS_FULL;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.EATS_HIGH;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.MEV;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1CDMAX;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1CONTEXTPTR;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1DSS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1DSS_BYPASS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1FMT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1STALLD;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1_ATTRIBUTES;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2AA64;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2ENDI;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2FWB;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2PTW;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2R;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2S;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2TTB;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2VMID;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2VMID_BITS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2_WALK;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.SHCFG;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.STAGE_1_ON;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.STAGE_2_ON;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.STRW;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.VALID;

import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryLayout;
import dev.hitless.iommu.driver.support.update.TagField;
import java.util.Optional;

/**
 * What hardware looks at in a stream table entry, and what it ignores (IHI 0070 5.2). It reads words on their own, in any
 * order (3.21.3).
 *
 * @param snooped whether its fetches snoop the CPU's caches
 */
record StreamTableEntryLayout(boolean snooped) implements EntryLayout {
    private static final TagField VMID = new TagField(2, 0, S2VMID_BITS);
    private static final EntryContent VMID_BITS =
            EntryContent.zero(StreamTableEntry.WORDS).withWord(2, S2VMID);

    @Override
    public String name() {
        return "stream table entry";
    }

    @Override
    public int words() {
        return StreamTableEntry.WORDS;
    }

    @Override
    public int quantumWords() {
        return 1;
    }

    @Override
    public EntryContent used(EntryContent content) {
        long word0 = content.word(0);
        if ((word0 & VALID) == 0) {
            return EntryContent.zero(StreamTableEntry.WORDS).withWord(0, VALID);
        }
        long[] used = new long[StreamTableEntry.WORDS];
        used[0] = VALID | CONFIG;
        if ((word0 & CONFIG) == CONFIG_BYPASS) {
            used[1] |= SHCFG;
        }
        if (usesStage1(content)) {
            boolean substreams = (word0 & S1CDMAX) != 0;
            used[0] |= S1FMT | S1CONTEXTPTR | S1CDMAX;
            used[1] |= S1_ATTRIBUTES | S1STALLD | STRW | EATS | MEV | (substreams ? S1DSS : 0);
            // Tags stage-1 translations too, whether stage 2 is on or not.
            used[2] |= S2VMID;
            if (substreams && (content.word(1) & S1DSS) == S1DSS_BYPASS) {
                used[1] |= SHCFG;
            }
        }
        if (usesStage2(content)) {
            used[1] |= S2FWB | EATS | SHCFG | MEV;
            used[2] |= S2VMID | S2_WALK | S2AA64 | S2ENDI | S2PTW | S2S | S2R;
            used[3] |= S2TTB;
        }
        return EntryContent.of(used);
    }

    /**
     * MEV decides about the number of fault records only. EATS, full or none, changes while the function's ATS is off; not
     * where the other bit of EATS, or S2S, makes the mixture illegal.
     */
    @Override
    public EntryContent harmless(EntryContent from, EntryContent to) {
        long mixed = MEV;
        boolean splitStage = ((from.word(1) | to.word(1)) & EATS_HIGH) != 0;
        boolean stalls = ((from.word(2) | to.word(2)) & S2S) != 0;
        if (!splitStage && !stalls) {
            mixed |= EATS_FULL;
        }
        return EntryContent.zero(StreamTableEntry.WORDS).withWord(1, mixed);
    }

    @Override
    public boolean isLive(EntryContent content) {
        return (content.word(0) & VALID) != 0 && (content.word(0) & CONFIG_BYPASS) != 0;
    }

    /** Not valid: aborts, with an event. */
    @Override
    public EntryContent parked(EntryContent content) {
        return content.withWord(0, content.word(0) & ~VALID);
    }

    /** The VMID, where stage 2 is on. With stage 1 only, the ASIDs in the context descriptors tell translations apart. */
    @Override
    public Optional<TagField> cacheTag(EntryContent content) {
        return isLive(content) && usesStage2(content) ? Optional.of(VMID) : Optional.empty();
    }

    /**
     * S2VMID, ahead of the switch: of an entry without stage 2 whose target has it, and of one with stage 2 that gets stage 1
     * on top of it. Requests go where they went.
     *
     * <p>Whose tags are those? Under the VMID of a stage-2 domain nothing is cached with an ASID, because what is nested on
     * it has VMIDs of its own; and an ASID of stage 1 is that of one domain only. So VMID and ASID together are nobody
     * else's ({@link BorrowedVmids}). Under the VMID of a nested domain a guest chooses ASIDs, so stage 1 of the host must
     * not go there; but requests that bypass stage 1 are not cached, and stage 2 alone is cached as what it is, that of
     * the parent.
     */
    @Override
    public EntryContent tagAhead(EntryContent from, EntryContent to) {
        boolean harmless = (isStage1Only(from) && isStage2Only(to))
                || (isBypassingStage1(from) && usesBoth(to))
                || (isStage2Only(from) && usesBoth(to) && sameStage2(from, to));
        return harmless ? VMID_BITS : EntryContent.zero(StreamTableEntry.WORDS);
    }

    /** S2VMID, when the switch is through: the way back. */
    @Override
    public EntryContent tagAfterwards(EntryContent from, EntryContent to) {
        return tagAhead(to, from);
    }

    private static boolean isStage1Only(EntryContent content) {
        return usesStage1(content) && !usesStage2(content);
    }

    private static boolean isStage2Only(EntryContent content) {
        return usesStage2(content) && !usesStage1(content);
    }

    private static boolean usesBoth(EntryContent content) {
        return usesStage1(content) && usesStage2(content);
    }

    private static boolean isBypassingStage1(EntryContent content) {
        return isStage1Only(content) && (content.word(0) & S1CDMAX) != 0 && (content.word(1) & S1DSS) == S1DSS_BYPASS;
    }

    private static boolean sameStage2(EntryContent from, EntryContent to) {
        EntryContent differing = from.xor(to);
        return (differing.word(1) & S2FWB) == 0
                && (differing.word(2) & ~S2VMID) == 0
                && (differing.word(3) & S2TTB) == 0;
    }

    private static boolean usesStage1(EntryContent content) {
        long word0 = content.word(0);
        return (word0 & CONFIG_BYPASS) != 0 && (word0 & STAGE_1_ON) != 0;
    }

    private static boolean usesStage2(EntryContent content) {
        long word0 = content.word(0);
        return (word0 & CONFIG_BYPASS) != 0 && (word0 & STAGE_2_ON) != 0;
    }
}
