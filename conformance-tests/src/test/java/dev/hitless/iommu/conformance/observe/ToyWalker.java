package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;

/** The plain walker of a {@link ToyHardware}. */
record ToyWalker(ToyHardware toy, long base) implements Walker {
    @Override
    public void translate(DmaRequest request, StructureReader reader, Translation out) {
        int requester = request.requesterId();
        long entryPage = base;
        if (toy.directory()) {
            if (!reader.fetch(toy.directoryKind(), base + 8L * requester)) {
                out.fault(FaultClass.ACCESS, 1, "directory");
                return;
            }
            long pointer = reader.word(0);
            if ((pointer & ToyHardware.VALID) == 0) {
                out.fault(FaultClass.BLOCKED, 2, "directory entry not valid");
                return;
            }
            reader.retain(ToyHardware.DIRECTORY_CACHE, requester);
            entryPage = pointer & ToyHardware.ADDRESS;
        }
        if (!reader.fetch(toy.entryKind(), entryPage + (long) requester * ToyHardware.ENTRY_BYTES)) {
            out.fault(FaultClass.ACCESS, 3, "entry");
            return;
        }
        long first = reader.word(0);
        if ((first & ToyHardware.VALID) == 0) {
            if (toy.invalidCached()) {
                reader.retain(ToyHardware.ENTRY_CACHE, requester);
            }
            out.fault(FaultClass.BLOCKED, 4, "entry not valid");
            return;
        }
        long table = reader.word(toy.tableWord());
        if ((table & ToyHardware.ILLEGAL) != 0) {
            out.fault(FaultClass.ILLEGAL_ENTRY, 5, "reserved bit");
            return;
        }
        long attributes = toy.hasAttributes() ? reader.word(1) << 8 | reader.word(3) : 0;
        reader.retain(ToyHardware.ENTRY_CACHE, requester);
        walk(request.iova(), table & ToyHardware.ADDRESS, ToyHardware.tag(first), attributes, reader, out);
    }

    private void walk(long iova, long root, int tag, long attributes, StructureReader reader, Translation out) {
        if (reader.hit(ToyHardware.TLB, tag, iova, out)) {
            return;
        }
        long table = root;
        if (toy.levels() == 2) {
            if (!reader.fetch(toy.tableKind(), table)) {
                out.fault(FaultClass.ACCESS, 6, "upper table");
                return;
            }
            long upper = reader.word(0);
            if ((upper & ToyHardware.VALID) == 0) {
                out.fault(FaultClass.NOT_MAPPED, 7, "upper table");
                return;
            }
            reader.retain(ToyHardware.TABLE_CACHE, tag, 0, ToyHardware.UPPER_BYTES);
            table = upper & ToyHardware.ADDRESS;
        }
        if (!reader.fetch(toy.tableKind(), table + 8 * (iova / ToyHardware.PAGE_BYTES))) {
            out.fault(FaultClass.ACCESS, 8, "lower table");
            return;
        }
        long leaf = reader.word(0);
        if ((leaf & ToyHardware.VALID) == 0) {
            out.fault(FaultClass.NOT_MAPPED, 9, "lower table");
            return;
        }
        long page = iova & ToyHardware.ADDRESS;
        if (toy.leavesKept()) {
            reader.retain(ToyHardware.TLB, tag, page, ToyHardware.PAGE_BYTES);
        }
        out.translated(
                page,
                leaf & ToyHardware.ADDRESS,
                ToyHardware.PAGE_BYTES,
                Translation.READ | Translation.WRITE,
                attributes);
        out.cacheable(ToyHardware.TLB, tag);
    }

    @Override
    public void admit(DmaRequest request, Translation out) {
        // Every mapping of the toy is readable and writable.
    }

    @Override
    public CacheKind deviceCache() {
        return ToyHardware.DEVICE_TLB;
    }

    @Override
    public long deviceTag(DmaRequest request) {
        return request.requesterId();
    }
}
