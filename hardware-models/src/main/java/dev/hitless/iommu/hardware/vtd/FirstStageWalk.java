package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import org.jspecify.annotations.Nullable;

/**
 * Walks a first-stage table, alone or on top of a second stage (VT-d spec 3.6, 3.8, 9.7).
 *
 * <pre>
 *           63  62:52   51:12    11   10  9:8   7    6   5  4   3   2   1  0
 * non-leaf | XD | ign | table | ign| EA | ign |  0 | ign| A|PCD|PWT|U/S|R/W|P|
 * leaf     | XD | ign | page  | ign| EA | ign |PS/PAT| D| A|PCD|PWT|U/S|R/W|P|
 * </pre>
 *
 * Large pages have PAT at bit 12. When nested, every address in the table, the root's included, is guest physical and
 * goes through the second stage before it is read; the result has the permissions of both and the smaller page.
 */
final class FirstStageWalk {
    private static final long PRESENT = 1;
    private static final long WRITABLE = 1L << 1;
    private static final long USER = 1L << 2;
    private static final long ACCESSED = 1L << 5;
    private static final long DIRTY = 1L << 6;
    private static final long PAGE_SIZE = 1L << 7;
    private static final long EXTENDED_ACCESSED = 1L << 10;
    private static final long EXECUTE_DISABLE = 1L << 63;
    private static final int GIANT_LEVEL = 3;

    private final VtdCapabilities capabilities;
    private final VtdStructures structures;
    private final SecondStageWalk secondStage;

    FirstStageWalk(VtdCapabilities capabilities, VtdStructures structures, SecondStageWalk secondStage) {
        this.capabilities = capabilities;
        this.structures = structures;
        this.secondStage = secondStage;
    }

    /**
     * Translates {@code iova} by the tables of a PASID entry of type first-stage or nested.
     *
     * @param pasid that the entry was found under
     */
    void translate(
            long q0,
            long q1,
            long q2,
            int pasid,
            boolean supervisor,
            long iova,
            StructureReader reader,
            Translation out) {
        int top = PasidEntry.firstStageMode(q2) == 0 ? 4 : 5;
        int unused = 64 - (12 + 9 * top);
        if (iova << unused >> unused != iova) {
            VtdFault.NOT_CANONICAL.in(out);
            return;
        }
        boolean nested = PasidEntry.type(q0) == PasidEntry.NESTED;
        StructureKind kind = structures.firstStageEntry(PasidEntry.pageWalkSnoop(q1));
        long table = q2 & PasidEntry.ADDRESS;
        long all = WRITABLE | USER;
        long any = 0;
        for (int level = top; ; level--) {
            int shift = 12 + 9 * (level - 1);
            long address = table + (iova >>> shift & 0x1FF) * 8;
            boolean tableWritable = true;
            if (nested) {
                if (!locate(q0, q1, address, level == top, reader, out)) {
                    return;
                }
                tableWritable = (out.permissions() & Translation.WRITE) != 0;
                address = out.output(address);
            }
            if (!reader.fetch(kind, address)) {
                (level == top ? VtdFault.FIRST_STAGE_ROOT_ACCESS : VtdFault.FIRST_STAGE_ACCESS).in(out);
                return;
            }
            long entry = reader.word(0);
            boolean leaf = level == 1 || (entry & PAGE_SIZE) != 0;
            VtdFault fault = check(entry, level, leaf, q2, PasidEntry.pageWalkSnoop(q1), tableWritable);
            if (fault != null) {
                fault.in(out);
                return;
            }
            all &= entry;
            any |= entry;
            if (leaf) {
                finish(q0, q1, q2, supervisor, iova, shift, entry, all, any, tableWritable, reader, out);
                return;
            }
            long tag = CacheTag.firstStage(PasidEntry.did(q1), pasid, nested, false);
            reader.retain(VtdCaches.FIRST_STAGE_PAGING, tag, iova & -1L << shift, 1L << shift);
            table = entry & PasidEntry.ADDRESS;
        }
    }

    /** Finds where a first-stage entry lies: {@code out} gets the second stage's translation of its address, or a fault. */
    private boolean locate(long q0, long q1, long address, boolean root, StructureReader reader, Translation out) {
        if (address >>> secondStage.inputBits(q0) != 0) {
            VtdFault.NESTED_TABLE_ADDRESS.in(out);
            return false;
        }
        secondStage.translate(q0, q1, address, true, reader, out);
        if (!out.isFault() && (out.permissions() & Translation.READ) == 0) {
            (root ? VtdFault.NESTED_ROOT_READ : VtdFault.NESTED_TABLE_READ).in(out);
        }
        return !out.isFault();
    }

    private @Nullable VtdFault check(
            long entry, int level, boolean leaf, long q2, boolean snooped, boolean tableWritable) {
        if ((entry & PRESENT) == 0) {
            return VtdFault.FIRST_STAGE_NOT_PRESENT;
        }
        long reserved = PasidEntry.noExecute(q2) ? 0 : EXECUTE_DISABLE;
        if (leaf && level > 1) {
            boolean supported = level == 2 || (level == GIANT_LEVEL && capabilities.giantFirstStagePages());
            // Address bits below the page's size, but for PAT at bit 12.
            reserved |= supported ? (1L << (12 + 9 * (level - 1))) - 1 & -8192L : PAGE_SIZE;
        }
        if ((entry & reserved) != 0) {
            return VtdFault.FIRST_STAGE_RESERVED;
        }
        long flags = PasidEntry.extendedAccessed(q2) ? ACCESSED | EXTENDED_ACCESSED : ACCESSED;
        if ((entry & flags) != flags) {
            return !tableWritable ? VtdFault.NESTED_TABLE_WRITE : snooped ? null : VtdFault.FIRST_STAGE_FLAGS;
        }
        return null;
    }

    private void finish(
            long q0,
            long q1,
            long q2,
            boolean supervisor,
            long iova,
            int shift,
            long entry,
            long all,
            long any,
            boolean tableWritable,
            StructureReader reader,
            Translation out) {
        if (!supervisor && (all & USER) == 0) {
            VtdFault.USER_BLOCKED.in(out);
            return;
        }
        int permissions = permissions(q2, supervisor, all, any);
        long attributes = Attributes.ofFirstStageLeaf(entry, shift == 12 ? 7 : 12)
                | Attributes.ofFirstStage(q2)
                | Attributes.ofEntry(q1);
        if ((entry & DIRTY) == 0 && !tableWritable) {
            attributes |= Attributes.DIRTY_IN_READ_ONLY_TABLE;
        } else if ((entry & DIRTY) == 0 && !PasidEntry.pageWalkSnoop(q1)) {
            attributes |= Attributes.DIRTY_WITHOUT_SNOOP;
        }
        long mask = -1L << shift;
        long page = entry & PasidEntry.ADDRESS & mask;
        if (PasidEntry.type(q0) != PasidEntry.NESTED) {
            out.translated(iova & mask, page, 1L << shift, permissions, attributes);
            return;
        }
        long guestPhysical = page | (iova & ~mask);
        secondStage.translate(q0, q1, guestPhysical, true, reader, out);
        if (!out.isFault()) {
            combine(iova, guestPhysical, 1L << shift, permissions, attributes, out);
        }
    }

    private static int permissions(long q2, boolean supervisor, long all, long any) {
        int permissions = Translation.READ;
        if ((all & WRITABLE) != 0 || (supervisor && !PasidEntry.writeProtect(q2))) {
            permissions |= Translation.WRITE;
        }
        boolean prevented = supervisor && PasidEntry.supervisorExecutePrevention(q2) && (all & USER) != 0;
        if (PasidEntry.executeRequests(q2) && (any & EXECUTE_DISABLE) == 0 && !prevented) {
            permissions |= Translation.EXECUTE;
        }
        return permissions;
    }

    /** Puts the first stage on top of the second stage's answer in {@code out}. */
    private static void combine(
            long iova, long guestPhysical, long pageBytes, int permissions, long attributes, Translation out) {
        long bytes = Math.min(pageBytes, out.pageBytes());
        int both = permissions & out.permissions();
        out.translated(iova & -bytes, out.output(guestPhysical) & -bytes, bytes, both, attributes | out.attributes());
    }
}
