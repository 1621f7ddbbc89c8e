package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/**
 * Walks host (v1) page tables, spec 2.2.3.
 *
 * <pre>
 *      63 62 61 60 59 58    52 51            12 11       9 8    7 6 5 4    1 0
 * PDE | - |IW|IR|       0     |  next table    | NextLevel |  -     |A|  -   |PR|   NextLevel 1..6
 * PTE | - |IW|IR|FC|U |   0   |  page          | NextLevel |  -   |D|A|  -   |PR|   NextLevel 0 or 7
 * </pre>
 *
 * NextLevel 0: a page of the level's natural size. NextLevel 7: a run of ones from address bit 12 up, ended by a zero at
 * bit k, makes a page of 2^(k+1) bytes, up to 2^8 natural sizes.
 */
final class HostTableWalk {
    private static final int HUGE_PAGE_HARDWARE_BUG_BITS = 39;

    private final boolean nonPresentCache;

    HostTableWalk(AmdviFeatures features) {
        this.nonPresentCache = features.nonPresentCache();
    }

    /**
     * Host physical address of guest-physical {@code address}, which is read on the way through guest structures.
     *
     * @return -1 after a fault, which is in {@code out}
     */
    long readableAddress(long q0, long q1, long address, StructureReader reader, Translation out) {
        translate(q0, q1, address, reader, true, out);
        if (out.isFault()) {
            return -1;
        }
        if ((out.permissions() & Translation.READ) == 0) {
            out.fault(
                    FaultClass.PERMISSION, EventCode.IO_PAGE_FAULT, "guest structure not readable in the host tables");
            return -1;
        }
        return out.output(address);
    }

    /**
     * Translates {@code address} from the entry's Mode and root on, Mode not 0.
     *
     * @param withinGuestWalk the page itself may be kept as a line of the host tag
     */
    void translate(long q0, long q1, long address, StructureReader reader, boolean withinGuestWalk, Translation out) {
        int level = DeviceTableEntry.mode(q0);
        if (level < 6 && address >>> (12 + 9 * level) != 0) {
            fault(out, FaultClass.NOT_MAPPED, "address beyond the width of Mode");
            return;
        }
        int permissions = DeviceTableEntry.permissions(q0);
        long table = DeviceTableEntry.hostRoot(q0);
        while (true) {
            long entry = presentEntry(q1, table, level, address, reader, out);
            if (entry == 0) {
                return;
            }
            permissions &= DeviceTableEntry.permissions(entry);
            int nextLevel = BitField.number(entry, 11, 9);
            if (nextLevel == 0 || nextLevel == 7) {
                leaf(entry, level, address, permissions, q1, out);
                if (withinGuestWalk && !out.isFault()) {
                    reader.retain(AmdviCaches.IOTLB, tag(q1), out.inputPage(), out.pageBytes());
                }
                return;
            }
            if (!legalDirectory(entry, level, nextLevel, out)) {
                return;
            }
            retain(AmdviCaches.DIRECTORY, q1, level, address, reader);
            if (skippedBits(address, level, nextLevel) != 0) {
                fault(out, FaultClass.NOT_MAPPED, "address bits of a skipped level are not zero");
                return;
            }
            table = BitField.inPlace(entry, 51, 12);
            level = nextLevel;
        }
    }

    /** Tag of everything that the host tables of an entry make. */
    static long tag(long q1) {
        return AmdviCaches.tag(AmdviCaches.TranslationKind.HOST, DeviceTableEntry.domainId(q1), 0);
    }

    /** The entry of {@code table} for {@code address}; 0 after a fault, which is in {@code out}. */
    private long presentEntry(long q1, long table, int level, long address, StructureReader reader, Translation out) {
        long entryAddress = table + (address >>> naturalBits(level) & 0x1FF) * 8;
        if (!reader.fetch(TableStructures.hostEntry(q1), entryAddress)) {
            out.fault(FaultClass.ACCESS, EventCode.PAGE_TAB_HARDWARE_ERROR, "no memory at a host page table");
            return 0;
        }
        long entry = reader.word(0);
        if (BitField.isSet(entry, 0)) {
            return entry;
        }
        if (nonPresentCache) {
            retain(AmdviCaches.IOTLB, q1, level, address, reader);
        }
        fault(out, FaultClass.NOT_MAPPED, "host page-table entry not present");
        return 0;
    }

    private static void retain(CacheKind cache, long q1, int level, long address, StructureReader reader) {
        long bytes = 1L << naturalBits(level);
        reader.retain(cache, tag(q1), address & -bytes, bytes);
    }

    /** log2 of the bytes that an entry of level {@code level} serves. */
    private static int naturalBits(int level) {
        return 3 + 9 * level;
    }

    /** The address bits between two levels, which no table decodes. */
    private static long skippedBits(long address, int level, int nextLevel) {
        return (address & ((1L << naturalBits(level)) - 1)) >>> naturalBits(nextLevel + 1);
    }

    private static boolean legalDirectory(long entry, int level, int nextLevel, Translation out) {
        if (BitField.inPlace(entry, 60, 52) != 0) {
            fault(out, FaultClass.ILLEGAL_ENTRY, "reserved bits set in a host directory entry");
            return false;
        }
        if (nextLevel >= level) {
            fault(out, FaultClass.ILLEGAL_ENTRY, "NextLevel not below the level of its table");
            return false;
        }
        return true;
    }

    private static void leaf(long entry, int level, long address, int permissions, long q1, Translation out) {
        if (BitField.inPlace(entry, 58, 52) != 0) {
            fault(out, FaultClass.ILLEGAL_ENTRY, "reserved bits set in a host page-table entry");
            return;
        }
        int naturalBits = naturalBits(level);
        boolean encoded = BitField.number(entry, 11, 9) == 7;
        int bits = encoded ? encodedBits(entry) : naturalBits;
        // The last bound also keeps leaves out of level 6.
        if (bits == HUGE_PAGE_HARDWARE_BUG_BITS
                || bits < naturalBits
                || bits > Math.min(naturalBits + 8, AmdviFeatures.PHYSICAL_BITS)) {
            fault(out, FaultClass.ILLEGAL_ENTRY, "page size that its level cannot have");
            return;
        }
        long offsetMask = (1L << bits) - 1;
        long target = BitField.inPlace(entry, 51, 12);
        if (!encoded && (target & offsetMask) != 0) {
            fault(out, FaultClass.ILLEGAL_ENTRY, "page not aligned to its size");
            return;
        }
        long attributes = (BitField.isSet(entry, 60) ? MemoryAttributes.FORCE_COHERENT : 0)
                | (BitField.isSet(entry, 59) ? MemoryAttributes.UNTRANSLATED_ONLY : 0)
                | (DeviceTableEntry.snoopDisabled(q1) ? MemoryAttributes.SNOOP_DISABLED : 0);
        out.translated(address & ~offsetMask, target & ~offsetMask, 1L << bits, permissions, attributes);
    }

    /** log2 of the size of a page with NextLevel 7; 53 if the address is all ones. */
    private static int encodedBits(long entry) {
        return 13 + Long.numberOfTrailingZeros(~BitField.of(entry, 51, 12));
    }

    private static void fault(Translation out, FaultClass fault, String reason) {
        out.fault(fault, EventCode.IO_PAGE_FAULT, reason);
    }
}
