package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import org.jspecify.annotations.Nullable;

/**
 * Walks a second-stage table (VT-d spec 3.7, 9.8).
 *
 * <pre>
 *            63   62  61:52  51:12   11   10 9  8  7   6    5:3  2 1 0
 * non-leaf | ign | 0 | ign | table |  0 | ign |A |PS| ignored | X|W|R |
 * leaf     | ign | 0 | ign | page  | SNP|ign|D|A |PS| IPAT|EMT| X|W|R |
 * </pre>
 *
 * An entry is present if it allows anything. Bit 7 is reserved where no page of that size exists; address bits below a
 * large page's size are reserved.
 */
final class SecondStageWalk {
    private static final long READ = 1;
    private static final long EXECUTE = 1L << 2;
    private static final long ACCESS = 0b111;
    private static final long ACCESSED = 1L << 8;
    private static final long DIRTY = 1L << 9;
    private static final long PAGE_SIZE = 1L << 7;
    private static final long ALWAYS_RESERVED = 1L << 62;
    private static final long RESERVED_IN_TABLE = 1L << 11;

    private final VtdCapabilities capabilities;
    private final VtdStructures structures;

    SecondStageWalk(VtdCapabilities capabilities, VtdStructures structures) {
        this.capabilities = capabilities;
        this.structures = structures;
    }

    /** Width of the input addresses that the PASID entry allows, in bits. */
    int inputBits(long q0) {
        return Math.min(12 + 9 * PasidEntry.secondStageLevels(q0), capabilities.guestAddressBits());
    }

    /**
     * Translates {@code input} by the table of a PASID entry.
     *
     * @param nested the walk is part of a nested one: hardware may keep the leaf entry
     */
    void translate(long q0, long q1, long input, boolean nested, StructureReader reader, Translation out) {
        if (input >>> inputBits(q0) != 0) {
            VtdFault.BEYOND_SECOND_STAGE.in(out);
            return;
        }
        boolean snooped = PasidEntry.pageWalkSnoop(q1);
        StructureKind kind = structures.secondStageEntry(snooped);
        int did = PasidEntry.did(q1);
        int top = PasidEntry.secondStageLevels(q0);
        long table = q0 & PasidEntry.ADDRESS;
        long allowed = ACCESS;
        for (int level = top; ; level--) {
            int shift = 12 + 9 * (level - 1);
            if (!reader.fetch(kind, table + (input >>> shift & 0x1FF) * 8)) {
                (level == top ? VtdFault.SECOND_STAGE_ROOT_ACCESS : VtdFault.SECOND_STAGE_ACCESS).in(out);
                return;
            }
            long entry = reader.word(0);
            boolean leaf = level == 1 || (entry & PAGE_SIZE) != 0;
            VtdFault fault = check(entry, level, shift, leaf, PasidEntry.secondStageFlags(q0) && !snooped);
            if (fault != null) {
                if (capabilities.cachingMode()) {
                    retain(reader, did, input, shift, leaf);
                }
                fault.in(out);
                return;
            }
            allowed &= entry;
            if (leaf) {
                if (nested) {
                    retain(reader, did, input, shift, true);
                }
                finish(q0, q1, input, shift, entry, allowed, out);
                return;
            }
            retain(reader, did, input, shift, false);
            table = entry & PasidEntry.ADDRESS;
        }
    }

    private @Nullable VtdFault check(long entry, int level, int shift, boolean leaf, boolean flagsNeedSnoop) {
        if ((entry & ACCESS) == 0) {
            return VtdFault.SECOND_STAGE_NOT_PRESENT;
        }
        long reserved = ALWAYS_RESERVED;
        if (!leaf) {
            reserved |= RESERVED_IN_TABLE;
        } else if (level > 1) {
            reserved |= capabilities.secondStagePage(shift) ? (1L << shift) - 1 & -4096L : PAGE_SIZE;
        }
        if ((entry & reserved) != 0) {
            return VtdFault.SECOND_STAGE_RESERVED;
        }
        return flagsNeedSnoop && (entry & ACCESSED) == 0 ? VtdFault.SECOND_STAGE_FLAGS : null;
    }

    private static void retain(StructureReader reader, int did, long input, int shift, boolean leaf) {
        long tag = leaf ? CacheTag.secondStageLeaf(did) : CacheTag.secondStage(did);
        reader.retain(VtdCaches.SECOND_STAGE_PAGING, tag, input & -1L << shift, 1L << shift);
    }

    private static void finish(long q0, long q1, long input, int shift, long entry, long allowed, Translation out) {
        int permissions = (int) allowed & (Translation.READ | Translation.WRITE);
        // SSEE=0: hardware does not look at X, and what can be read can be executed.
        if ((allowed & (PasidEntry.secondStageExecute(q0) ? EXECUTE : READ)) != 0) {
            permissions |= Translation.EXECUTE;
        }
        long attributes = Attributes.ofSecondStageLeaf(entry) | Attributes.ofSecondStage(q0) | Attributes.ofEntry(q1);
        if (PasidEntry.secondStageFlags(q0) && !PasidEntry.pageWalkSnoop(q1) && (entry & DIRTY) == 0) {
            attributes |= Attributes.DIRTY_WITHOUT_SNOOP | Attributes.DIRTY_OF_SECOND_STAGE;
        }
        long mask = -1L << shift;
        out.translated(input & mask, entry & PasidEntry.ADDRESS & mask, 1L << shift, permissions, attributes);
    }
}
