package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/**
 * Finds the root of a PASID's v2 table: one to three levels of GCR3 tables, 9 PASID bits each.
 *
 * <pre>
 *   63   52 51                                    12 11     1 0
 *  |   0   | next GCR3 table, or root of the v2 table |   0   |V|
 * </pre>
 *
 * With host tables (Mode not 0) the addresses are guest physical; whether GCR3TRP is, Control.GCR3TRPMode says.
 */
final class Gcr3Walk {
    private final boolean nonPresentCache;
    private final boolean rootIsGuestPhysical;
    private final HostTableWalk hostWalk;

    Gcr3Walk(AmdviFeatures features, ControlRegister control, HostTableWalk hostWalk) {
        this.nonPresentCache = features.nonPresentCache();
        this.rootIsGuestPhysical = control.gcr3RootIsGuestPhysical();
        this.hostWalk = hostWalk;
    }

    /**
     * Address of the v2 table's root for {@code pasid}, which the entry's GLX reaches; guest physical under nesting.
     *
     * @return -1 after a fault, which is in {@code out}
     */
    long guestRoot(long q0, long q1, int pasid, StructureReader reader, Translation out) {
        boolean nested = DeviceTableEntry.mode(q0) != 0;
        boolean guestPhysical = nested && rootIsGuestPhysical;
        long tag = AmdviCaches.gcr3Tag(DeviceTableEntry.domainId(q1), pasid);
        long table = DeviceTableEntry.gcr3Root(q0, q1);
        for (int level = DeviceTableEntry.gcr3TopLevel(q0); level >= 0; level--) {
            long address = table + ((pasid >>> (9 * level)) & 0x1FF) * 8L;
            if (guestPhysical) {
                address = hostWalk.readableAddress(q0, q1, address, reader, out);
                if (address == -1) {
                    return -1;
                }
            }
            if (!reader.fetch(TableStructures.gcr3Entry(q1), address)) {
                out.fault(FaultClass.ACCESS, EventCode.PAGE_TAB_HARDWARE_ERROR, "no memory at a GCR3 table");
                return -1;
            }
            long entry = reader.word(0);
            if (!legal(entry, out)) {
                if (nonPresentCache && !BitField.isSet(entry, 0)) {
                    reader.retain(AmdviCaches.GCR3, tag);
                }
                return -1;
            }
            reader.retain(AmdviCaches.GCR3, tag);
            table = BitField.inPlace(entry, 51, 12);
            guestPhysical = nested;
        }
        return table;
    }

    private static boolean legal(long entry, Translation out) {
        if (!BitField.isSet(entry, 0)) {
            out.fault(FaultClass.BLOCKED, EventCode.IO_PAGE_FAULT, "GCR3 entry not valid");
            return false;
        }
        if (BitField.inPlace(entry, 11, 1) != 0 || BitField.inPlace(entry, 63, 52) != 0) {
            out.fault(FaultClass.ILLEGAL_ENTRY, EventCode.IO_PAGE_FAULT, "reserved bits set in a GCR3 entry");
            return false;
        }
        return true;
    }
}
