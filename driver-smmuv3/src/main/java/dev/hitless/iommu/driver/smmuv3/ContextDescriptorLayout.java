package dev.hitless.iommu.driver.smmuv3;

import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.ASID_BITS;
import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.ASID_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.EPD0;
import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.T0SZ;
import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.TG0;
import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.VALID;
import static dev.hitless.iommu.driver.smmuv3.ContextDescriptor.WALK_ATTRIBUTES;

import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryLayout;
import dev.hitless.iommu.driver.support.update.TagField;
import java.util.Arrays;
import java.util.Optional;

/**
 * What hardware looks at in a context descriptor, and what it ignores (IHI 0070 5.4). It reads words on their own, in any
 * order (3.21.3).
 *
 * @param snooped whether its fetches snoop the CPU's caches
 */
record ContextDescriptorLayout(boolean snooped) implements EntryLayout {
    private static final TagField ASID = new TagField(0, ASID_SHIFT, ASID_BITS);
    private static final long TTB0 = 0x000F_FFFF_FFFF_FFF0L;

    @Override
    public String name() {
        return "context descriptor";
    }

    @Override
    public int words() {
        return ContextDescriptor.WORDS;
    }

    @Override
    public int quantumWords() {
        return 1;
    }

    @Override
    public EntryContent used(EntryContent content) {
        if ((content.word(0) & VALID) == 0) {
            return EntryContent.zero(ContextDescriptor.WORDS).withWord(0, VALID);
        }
        long[] used = new long[ContextDescriptor.WORDS];
        Arrays.fill(used, -1L);
        if ((content.word(0) & EPD0) != 0) {
            used[0] &= ~(T0SZ | TG0 | WALK_ATTRIBUTES);
            used[1] &= ~TTB0;
        }
        return EntryContent.of(used);
    }

    @Override
    public boolean isLive(EntryContent content) {
        return (content.word(0) & (VALID | EPD0)) == VALID;
    }

    /** Not valid: aborts, with an event. */
    @Override
    public EntryContent parked(EntryContent content) {
        return content.withWord(0, content.word(0) & ~VALID);
    }

    @Override
    public Optional<TagField> cacheTag(EntryContent content) {
        return (content.word(0) & VALID) != 0 ? Optional.of(ASID) : Optional.empty();
    }
}
