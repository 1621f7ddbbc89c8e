package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwarePort;

/** Looks along root, context, PASID directory and PASID entry for what is not about translation: FPD and PRE. */
final class TablePath {
    private static final long PRESENT = 1;
    private static final long FAULT_PROCESSING_DISABLED = 2;

    private static final long CAN_ASK = PRESENT | ContextEntry.PAGE_REQUESTS;

    private final HardwarePort port;
    private final long rootTable;

    TablePath(HardwarePort port, long rootTablePointer) {
        this.port = port;
        this.rootTable = rootTablePointer & -4096L;
    }

    /** Whether page requests of {@code sid} are allowed (context entry present, PRE=1). */
    boolean pageRequestsAllowed(int sid) {
        long context = contextEntry(sid);
        return context != 0 && (port.read64(context) & CAN_ASK) == CAN_ASK;
    }

    /** Whether FPD is set anywhere along the path; looked at even in entries that are not present. */
    boolean faultProcessingDisabled(DmaRequest request) {
        long context = contextEntry(request.requesterId());
        if (context == 0) {
            return false;
        }
        long q0 = port.read64(context);
        if ((q0 & FAULT_PROCESSING_DISABLED) != 0 || (q0 & PRESENT) == 0) {
            return (q0 & FAULT_PROCESSING_DISABLED) != 0;
        }
        int pasid = request.hasPasid() ? request.pasid() : ContextEntry.ridPasid(port.read64(context + 8));
        if (pasid >>> ContextEntry.directoryBits(q0) != 0) {
            return false;
        }
        long slot = (q0 & PasidEntry.ADDRESS) + (pasid >>> 6) * 8L;
        if (!port.isMemory(slot)) {
            return false;
        }
        long directory = port.read64(slot);
        if ((directory & FAULT_PROCESSING_DISABLED) != 0 || (directory & PRESENT) == 0) {
            return (directory & FAULT_PROCESSING_DISABLED) != 0;
        }
        long entry = (directory & PasidEntry.ADDRESS) + (pasid & 63) * (long) PasidEntry.BYTES;
        return port.isMemory(entry) && PasidEntry.faultProcessingDisabled(port.read64(entry));
    }

    /** Address of the context entry, or 0. */
    private long contextEntry(int sid) {
        long slot = rootTable + (sid >>> 8 & 0xFF) * 16L + (sid >>> 7 & 1) * 8L;
        if (!port.isMemory(slot)) {
            return 0;
        }
        long half = port.read64(slot);
        long entry = (half & PasidEntry.ADDRESS) + (sid & 0x7F) * (long) ContextEntry.BYTES;
        return (half & PRESENT) != 0 && port.isMemory(entry) ? entry : 0;
    }
}
