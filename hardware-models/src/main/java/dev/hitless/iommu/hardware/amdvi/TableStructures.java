package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;

/**
 * How each structure is fetched. Table entries are naturally aligned 64-bit words, each read at once; the device-table
 * entry is one 256-bit read ("the IOMMU has always read a DTE as one 256-bit access", AMD's hardware designers on the
 * kernel's mailing list, October 2024), unless option {@code dte-fetch-bits} asks for less.
 */
final class TableStructures {
    private static final StructureKind GCR3_ENTRY = entry("GCR3 entry");
    private static final StructureKind HOST_ENTRY = entry("host page-table entry");
    private static final StructureKind GUEST_ENTRY = entry("guest page-table entry");
    private static final StructureKind GCR3_ENTRY_UNSNOOPED = GCR3_ENTRY.withSnooped(false);
    private static final StructureKind HOST_ENTRY_UNSNOOPED = HOST_ENTRY.withSnooped(false);
    private static final StructureKind GUEST_ENTRY_UNSNOOPED = GUEST_ENTRY.withSnooped(false);

    private TableStructures() {}

    static StructureKind deviceTableEntry(int fetchBits, boolean snooped) {
        return new StructureKind(
                "DTE", 4, fetchBits / 64, fetchBits == 256 ? FetchOrder.WHOLE : FetchOrder.ANY, 0, snooped);
    }

    static StructureKind gcr3Entry(long q1) {
        return DeviceTableEntry.snoopDisabled(q1) ? GCR3_ENTRY_UNSNOOPED : GCR3_ENTRY;
    }

    static StructureKind hostEntry(long q1) {
        return DeviceTableEntry.snoopDisabled(q1) ? HOST_ENTRY_UNSNOOPED : HOST_ENTRY;
    }

    static StructureKind guestEntry(long q1) {
        return DeviceTableEntry.snoopDisabled(q1) ? GUEST_ENTRY_UNSNOOPED : GUEST_ENTRY;
    }

    private static StructureKind entry(String name) {
        return new StructureKind(name, 1, 1, FetchOrder.WHOLE, 0, true);
    }
}
