package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;

/** Finds the device-table entry of a request and sends it the way that the entry says. */
final class AmdviWalker implements Walker {
    private static final int UNTRANSLATED = Translation.READ | Translation.WRITE | Translation.EXECUTE;

    private final AmdviFeatures features;
    private final ControlRegister control;
    private final DeviceTable deviceTable;
    private final ExclusionRange exclusion;
    private final StructureKind deviceTableEntry;
    private final HostTableWalk hostWalk;
    private final Gcr3Walk gcr3Walk;
    private final GuestTableWalk guestWalk;

    AmdviWalker(AmdviFeatures features, ControlRegister control, DeviceTable deviceTable, ExclusionRange exclusion) {
        this.features = features;
        this.control = control;
        this.deviceTable = deviceTable;
        this.exclusion = exclusion;
        this.deviceTableEntry = TableStructures.deviceTableEntry(features.dteFetchBits(), control.coherent());
        this.hostWalk = new HostTableWalk(features);
        this.gcr3Walk = new Gcr3Walk(features, control, hostWalk);
        this.guestWalk = new GuestTableWalk(features, hostWalk);
    }

    @Override
    public void translate(DmaRequest request, StructureReader reader, Translation out) {
        if (!control.iommuEnabled()) {
            passThrough(out);
            return;
        }
        long address = deviceTable.entryAddress(request.requesterId());
        if (address == -1) {
            out.fault(
                    FaultClass.ILLEGAL_ENTRY,
                    EventCode.ILLEGAL_DEV_TABLE_ENTRY,
                    "DeviceID beyond the end of the device table");
            return;
        }
        if (!reader.fetch(deviceTableEntry, address)) {
            out.fault(FaultClass.ACCESS, EventCode.DEV_TAB_HARDWARE_ERROR, "no memory at the device-table entry");
            return;
        }
        long q0 = reader.word(0);
        if (!DeviceTableEntry.valid(q0)) {
            // All other fields are ignored and DMA is forwarded untranslated, not blocked (spec 2.2.2, table 8).
            reader.retain(AmdviCaches.DTE, request.requesterId());
            passThrough(out);
            return;
        }
        long q1 = reader.word(1);
        long q2 = reader.word(2);
        String complaint =
                DeviceTableEntry.complaint(q0, q1, q2, reader.word(3), features, control.guestTranslationEnabled());
        if (complaint != null) {
            out.fault(FaultClass.ILLEGAL_ENTRY, EventCode.ILLEGAL_DEV_TABLE_ENTRY, complaint);
            return;
        }
        reader.retain(AmdviCaches.DTE, request.requesterId());
        translateByEntry(q0, q1, q2, request, reader, out);
    }

    private void translateByEntry(
            long q0, long q1, long q2, DmaRequest request, StructureReader reader, Translation out) {
        if (!request.hasPasid() && exclusion.excludes(request.iova(), q1)) {
            passThrough(out);
        } else if (!DeviceTableEntry.translationValid(q0)) {
            blocked(out, EventCode.IO_PAGE_FAULT, "TV=0 in the device-table entry");
        } else if (request.translationRequest() && !DeviceTableEntry.deviceTlbEnabled(q1)) {
            blocked(out, EventCode.INVALID_DEVICE_REQUEST, "translation request with I=0 in the device-table entry");
        } else if (DeviceTableEntry.permissions(q0) == 0) {
            blocked(out, EventCode.IO_PAGE_FAULT, "IR=0 and IW=0 in the device-table entry");
        } else if (request.hasPasid()) {
            translateWithPasid(q0, q1, q2, request, reader, out);
        } else if (DeviceTableEntry.guestValid(q0) && DeviceTableEntry.guestWithoutPasid(q0)) {
            throughGuestTables(q0, q1, q2, 0, request.iova(), reader, out);
        } else {
            throughHostTables(q0, q1, request.iova(), reader, out);
        }
    }

    private void translateWithPasid(
            long q0, long q1, long q2, DmaRequest request, StructureReader reader, Translation out) {
        if (!DeviceTableEntry.guestValid(q0)) {
            blocked(out, EventCode.IO_PAGE_FAULT, "request with PASID and GV=0 in the device-table entry");
            return;
        }
        int reach = Math.min(9 * (DeviceTableEntry.gcr3TopLevel(q0) + 1), features.pasidBits());
        if (request.pasid() >>> reach != 0) {
            blocked(out, EventCode.IO_PAGE_FAULT, "PASID out of range");
            return;
        }
        throughGuestTables(q0, q1, q2, request.pasid(), request.iova(), reader, out);
    }

    private void throughGuestTables(
            long q0, long q1, long q2, int pasid, long iova, StructureReader reader, Translation out) {
        long tag = GuestTableWalk.tag(q0, q1, pasid);
        if (reader.hit(AmdviCaches.IOTLB, tag, iova, out)) {
            restrictHit(q0, out);
            return;
        }
        long root = gcr3Walk.guestRoot(q0, q1, pasid, reader, out);
        if (root == -1) {
            return;
        }
        guestWalk.translate(q0, q1, root, DeviceTableEntry.guestLevels(q2), pasid, iova, reader, out);
        if (!out.isFault()) {
            out.cacheable(AmdviCaches.IOTLB, tag);
        }
    }

    private void throughHostTables(long q0, long q1, long iova, StructureReader reader, Translation out) {
        long tag = HostTableWalk.tag(q1);
        if (reader.hit(AmdviCaches.IOTLB, tag, iova, out)) {
            restrictHit(q0, out);
            return;
        }
        if (DeviceTableEntry.mode(q0) == 0) {
            long page = iova & -4096L;
            long attributes = DeviceTableEntry.snoopDisabled(q1) ? MemoryAttributes.SNOOP_DISABLED : 0;
            out.translated(page, page, 4096, DeviceTableEntry.permissions(q0), attributes);
        } else {
            hostWalk.translate(q0, q1, iova, reader, false, out);
        }
        if (!out.isFault()) {
            out.cacheable(AmdviCaches.IOTLB, tag);
        }
    }

    /** IR and IW of the entry that is used now hold for lines made with another one, too. */
    private static void restrictHit(long q0, Translation out) {
        int allowed = out.permissions() & DeviceTableEntry.permissions(q0);
        if (!out.isFault() && allowed != out.permissions()) {
            out.translated(out.inputPage(), out.outputPage(), out.pageBytes(), allowed, out.attributes());
        }
    }

    private static void passThrough(Translation out) {
        out.translated(0, 0, 0, UNTRANSLATED, 0);
    }

    private static void blocked(Translation out, int code, String reason) {
        out.fault(FaultClass.BLOCKED, code, reason);
    }

    @Override
    public void admit(DmaRequest request, Translation out) {
        int needed = request.write() ? Translation.WRITE : Translation.READ;
        if (!out.isFault() && (out.permissions() & needed) == 0) {
            out.fault(
                    FaultClass.PERMISSION,
                    EventCode.IO_PAGE_FAULT,
                    request.write() ? "write not allowed" : "read not allowed");
        }
    }

    @Override
    public CacheKind deviceCache() {
        return AmdviCaches.DEVICE_IOTLB;
    }

    @Override
    public long deviceTag(DmaRequest request) {
        return AmdviCaches.deviceTag(request.requesterId(), request.pasid());
    }
}
