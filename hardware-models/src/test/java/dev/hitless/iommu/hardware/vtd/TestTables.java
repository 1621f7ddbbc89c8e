package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import java.util.Map;

/** Root, context, PASID directory and PASID table of one device, written bit by bit. */
final class TestTables {
    static final int SID = 0x0300 | 0x11;
    static final int PASID = 0x141;

    final FakeBus bus;
    final long root;
    final long contextTable;
    final long directory;
    final long leaf;

    TestTables(FakeBus bus) {
        this.bus = bus;
        root = page();
        contextTable = page();
        directory = bus.allocate(128 * 8, true);
        leaf = page();
        bus.write64(root + (SID >>> 8) * 16L, contextTable | 1);
        bus.write64(contextEntry(), directory | 1L << 3 | 1L << 2 | 1);
        bus.write64(directoryEntry(), leaf | 1);
        bus.write64(directory, leaf | 1); // PASID 0: requests without PASID
    }

    static VtdCapabilities capabilities(Map<String, String> chosen) {
        return VtdCapabilities.of(HardwareConfiguration.of(VtdOptions.ALL, chosen));
    }

    long page() {
        return bus.allocate(4096, true);
    }

    /** Root table pointer for scalable mode. */
    long rootPointer() {
        return root | 1L << 10;
    }

    long rootEntry() {
        return root + (SID >>> 8) * 16L;
    }

    long contextEntry() {
        return contextTable + (SID & 0x7F) * 32L;
    }

    long directoryEntry() {
        return directory + (PASID >>> 6) * 8L;
    }

    long pasidEntry() {
        return leaf + (PASID & 63) * 64L;
    }

    /** Writes words 0, 1 and 2 of the PASID entry. */
    void pasidEntry(long q0, long q1, long q2) {
        bus.write64(pasidEntry(), q0);
        bus.write64(pasidEntry() + 8, q1);
        bus.write64(pasidEntry() + 16, q2);
    }

    /** Sets {@code bits} in a word. */
    void or(long address, long bits) {
        bus.write64(address, bus.read64(address) | bits);
    }

    /** Clears {@code bits} in a word. */
    void clear(long address, long bits) {
        bus.write64(address, bus.read64(address) & ~bits);
    }

    /**
     * Maps one page in an x86-like or EPT-like table.
     *
     * @param shift 12, 21 or 30
     * @param tableBits bits of non-leaf entries
     * @return address of the leaf entry
     */
    long map(long table, int levels, long input, int shift, long leafEntry, long tableBits) {
        long address = table;
        for (int at = 12 + 9 * (levels - 1); at > shift; at -= 9) {
            long slot = address + (input >>> at & 0x1FF) * 8;
            if (bus.read64(slot) == 0) {
                bus.write64(slot, page() | tableBits);
            }
            address = bus.read64(slot) & 0x000F_FFFF_FFFF_F000L;
        }
        long slot = address + (input >>> shift & 0x1FF) * 8;
        bus.write64(slot, leafEntry);
        return slot;
    }

    /** Address of the entry of {@code input} at the level whose entries cover 2^{@code shift} bytes. */
    long slot(long table, int levels, long input, int shift) {
        long address = table;
        for (int at = 12 + 9 * (levels - 1); at > shift; at -= 9) {
            address = bus.read64(address + (input >>> at & 0x1FF) * 8) & 0x000F_FFFF_FFFF_F000L;
        }
        return address + (input >>> shift & 0x1FF) * 8;
    }
}
