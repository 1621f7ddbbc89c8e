package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/**
 * Walks guest (v2) page tables, which are x86-64 page tables, spec 2.2.6: 4 levels (48-bit addresses) or 5 (57-bit), as
 * user.
 *
 * <pre>
 *   63 62  52 51             12 11 9   8  7  6 5  4   3  2  1 0
 *  |XD|  -   | table or page   | -  | G |PS|D|A|PCD|PWT|US|RW|P|   PS in levels 2 and 3; PAT in level 1
 *                            12                                    PAT of a 2 MiB or 1 GiB page
 * </pre>
 */
final class GuestTableWalk {
    private static final int PAGE_SIZE_BIT = 7;

    private final boolean nonPresentCache;
    private final HostTableWalk hostWalk;

    GuestTableWalk(AmdviFeatures features, HostTableWalk hostWalk) {
        this.nonPresentCache = features.nonPresentCache();
        this.hostWalk = hostWalk;
    }

    /**
     * Translates {@code address} from {@code root} on.
     *
     * @param levels 4 or 5
     * @param pasid 0 decodes addresses without sign, any other sign-extended
     */
    void translate(
            long q0, long q1, long root, int levels, int pasid, long address, StructureReader reader, Translation out) {
        if (!withinWidth(address, levels, pasid)) {
            out.fault(FaultClass.NOT_MAPPED, EventCode.IO_PAGE_FAULT, "address beyond the width of the guest tables");
            return;
        }
        long table = root;
        int permissions = Translation.READ | Translation.WRITE | Translation.EXECUTE;
        for (int level = levels; ; level--) {
            int shift = 3 + 9 * level;
            long entry = presentEntry(q0, q1, table, shift, pasid, address, reader, out);
            if (entry == 0 || !legal(entry, level, out)) {
                return;
            }
            permissions &= permissions(entry);
            if (level == 1 || BitField.isSet(entry, PAGE_SIZE_BIT)) {
                leaf(q0, q1, entry, shift, address, permissions, reader, out);
                return;
            }
            reader.retain(AmdviCaches.DIRECTORY, tag(q0, q1, pasid), address & -(1L << shift), 1L << shift);
            table = BitField.inPlace(entry, 51, 12);
        }
    }

    /** The entry of {@code table} for {@code address}; 0 after a fault, which is in {@code out}. */
    private long presentEntry(
            long q0, long q1, long table, int shift, int pasid, long address, StructureReader reader, Translation out) {
        long entryAddress = table + (address >>> shift & 0x1FF) * 8;
        if (DeviceTableEntry.mode(q0) != 0) {
            entryAddress = hostWalk.readableAddress(q0, q1, entryAddress, reader, out);
            if (entryAddress == -1) {
                return 0;
            }
        }
        if (!reader.fetch(TableStructures.guestEntry(q1), entryAddress)) {
            out.fault(FaultClass.ACCESS, EventCode.PAGE_TAB_HARDWARE_ERROR, "no memory at a guest page table");
            return 0;
        }
        long entry = reader.word(0);
        if (BitField.isSet(entry, 0)) {
            return entry;
        }
        if (nonPresentCache) {
            reader.retain(AmdviCaches.IOTLB, tag(q0, q1, pasid), address & -(1L << shift), 1L << shift);
        }
        out.fault(FaultClass.NOT_MAPPED, EventCode.IO_PAGE_FAULT, "guest page-table entry not present");
        return 0;
    }

    /** Tag of the translations that guest tables make for this entry and {@code pasid}. */
    static long tag(long q0, long q1, int pasid) {
        return AmdviCaches.tag(
                DeviceTableEntry.mode(q0) != 0 ? AmdviCaches.TranslationKind.NESTED : AmdviCaches.TranslationKind.GUEST,
                DeviceTableEntry.domainId(q1),
                pasid);
    }

    private static boolean withinWidth(long address, int levels, int pasid) {
        int bits = 12 + 9 * levels;
        return pasid == 0 ? address >>> bits == 0 : address << (64 - bits) >> (64 - bits) == address;
    }

    private static boolean legal(long entry, int level, Translation out) {
        if (level == 1 || !BitField.isSet(entry, PAGE_SIZE_BIT)) {
            return true;
        }
        if (level > 3 || BitField.inPlace(entry, 3 + 9 * level - 1, 13) != 0) {
            out.fault(
                    FaultClass.ILLEGAL_ENTRY, EventCode.IO_PAGE_FAULT, "reserved bits set in a guest page-table entry");
            return false;
        }
        return true;
    }

    private static int permissions(long entry) {
        if (!BitField.isSet(entry, 2)) {
            return 0; // supervisor only, and devices are users
        }
        return Translation.READ
                | (BitField.isSet(entry, 1) ? Translation.WRITE : 0)
                | (BitField.isSet(entry, 63) ? 0 : Translation.EXECUTE);
    }

    private void leaf(
            long q0,
            long q1,
            long entry,
            int shift,
            long address,
            int permissions,
            StructureReader reader,
            Translation out) {
        long offsetMask = (1L << shift) - 1;
        long target = BitField.inPlace(entry, 51, 12) & ~offsetMask;
        long attributes = attributes(entry, shift, q1);
        if (DeviceTableEntry.mode(q0) == 0) {
            int allowed = permissions & DeviceTableEntry.permissions(q0);
            out.translated(address & ~offsetMask, target, offsetMask + 1, allowed, attributes);
            return;
        }
        long guestPhysical = target | (address & offsetMask);
        hostWalk.translate(q0, q1, guestPhysical, reader, true, out);
        if (out.isFault()) {
            return;
        }
        long bytes = Math.min(offsetMask + 1, out.pageBytes());
        out.translated(
                address & -bytes,
                out.output(guestPhysical) & -bytes,
                bytes,
                permissions & out.permissions(),
                attributes | out.attributes());
    }

    private static long attributes(long entry, int shift, long q1) {
        return (BitField.isSet(entry, 3) ? MemoryAttributes.PWT : 0)
                | (BitField.isSet(entry, 4) ? MemoryAttributes.PCD : 0)
                | (BitField.isSet(entry, shift == 12 ? 7 : 12) ? MemoryAttributes.PAT : 0)
                | (DeviceTableEntry.snoopDisabled(q1) ? MemoryAttributes.SNOOP_DISABLED : 0);
    }
}
