package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;

/**
 * From a request to its page table: root entry, context entry, PASID directory, PASID entry (VT-d spec 3.4.3, 9.3 to
 * 9.6). Immutable.
 *
 * <pre>
 * root entry (128 bits, one per bus)
 *      63     12 11:1  0
 * q0 |  LCTP   |  0  | LP |   devices with devfn below 0x80
 * q1 |  UCTP   |  0  | UP |   the others
 *
 * PASID directory entry (64 bits)
 *      63        12 11:2   1   0
 *    | SMPTBLPTR  |  0  | FPD | P |
 * </pre>
 */
final class VtdWalker implements Walker {
    static final long INTERRUPT_FIRST = 0xFEE0_0000L;
    static final long INTERRUPT_LAST = 0xFEEF_FFFFL;

    private static final long PAGE = -4096L;

    private static final long POINTER_RESERVED = 0xFFF0_0000_0000_0000L;
    private static final long ROOT_RESERVED = POINTER_RESERVED | 0xFFE;
    private static final long DIRECTORY_RESERVED = POINTER_RESERVED | 0xFFC;

    private final boolean enabled;
    private final int tableMode;
    private final long rootPointer;
    private final long rootTable;
    private final VtdCapabilities capabilities;
    private final VtdStructures structures;
    private final SecondStageWalk secondStage;
    private final FirstStageWalk firstStage;

    /**
     * @param enabled GSTS.TES
     * @param rootTablePointer RTADDR as latched by the last SRTP
     */
    VtdWalker(boolean enabled, long rootTablePointer, VtdCapabilities capabilities, VtdStructures structures) {
        this.enabled = enabled;
        this.tableMode = (int) (rootTablePointer >>> 10) & 3;
        this.rootPointer = rootTablePointer;
        this.rootTable = rootTablePointer & PAGE;
        this.capabilities = capabilities;
        this.structures = structures;
        this.secondStage = new SecondStageWalk(capabilities, structures);
        this.firstStage = new FirstStageWalk(capabilities, structures, secondStage);
    }

    /** Whether this is the walker for these register values. */
    boolean isFor(boolean translationEnabled, long latchedRoot) {
        return enabled == translationEnabled && rootPointer == latchedRoot;
    }

    @Override
    public CacheKind deviceCache() {
        return VtdCaches.DEVICE_TLB;
    }

    @Override
    public long deviceTag(DmaRequest request) {
        return CacheTag.device(request.requesterId(), request.pasid(), request.hasPasid());
    }

    @Override
    public void translate(DmaRequest request, StructureReader reader, Translation out) {
        long iova = request.iova();
        if (!enabled) {
            if (request.hasPasid() || request.translationRequest()) {
                VtdFault.TRANSLATION_DISABLED.in(out);
            } else {
                identity(iova, 0, out);
            }
        } else if (tableMode == TableMode.ABORT) {
            VtdFault.ABORT_MODE.in(out);
        } else if (tableMode != TableMode.SCALABLE) {
            VtdFault.ROOT_TABLE_ADDRESS.in(out);
        } else if (!request.hasPasid() && inInterruptRange(iova)) {
            interrupt(request, out);
        } else {
            root(request, reader, out);
        }
    }

    private static void interrupt(DmaRequest request, Translation out) {
        if (request.translationRequest()) {
            VtdFault.INTERRUPT_RANGE.in(out);
            return;
        }
        long page = request.iova() & PAGE;
        out.translated(page, page, -PAGE, Translation.WRITE, Attributes.INTERRUPT);
    }

    private static void identity(long iova, long attributes, Translation out) {
        long page = iova & PAGE;
        out.translated(page, page, -PAGE, Translation.READ | Translation.WRITE | Translation.EXECUTE, attributes);
    }

    private void root(DmaRequest request, StructureReader reader, Translation out) {
        int sid = request.requesterId() & 0xFFFF;
        if (!reader.fetch(structures.rootEntry, rootTable + (sid >>> 8) * 16L)) {
            VtdFault.ROOT_ACCESS.in(out);
            return;
        }
        int devfn = sid & 0xFF;
        long half = reader.word(devfn >>> 7);
        VtdFault fault = (half & 1) == 0
                ? VtdFault.ROOT_NOT_PRESENT
                : (half & ROOT_RESERVED) != 0 ? VtdFault.ROOT_RESERVED : null;
        if (fault == null || capabilities.cachingMode()) {
            reader.retain(VtdCaches.CONTEXT, CacheTag.context(sid));
        }
        if (fault != null) {
            fault.in(out);
            return;
        }
        context(request, (half & PasidEntry.ADDRESS) + (devfn & 0x7F) * (long) ContextEntry.BYTES, reader, out);
    }

    private void context(DmaRequest request, long address, StructureReader reader, Translation out) {
        if (!reader.fetch(structures.contextEntry, address)) {
            VtdFault.CONTEXT_ACCESS.in(out);
            return;
        }
        long q0 = reader.word(0);
        VtdFault fault = null;
        long q1 = 0;
        if ((q0 & ContextEntry.PRESENT) == 0) {
            fault = VtdFault.CONTEXT_NOT_PRESENT;
        } else {
            q1 = reader.word(1);
            if ((reader.word(2) | reader.word(3)) != 0 || ContextEntry.hasReservedBits(q0, q1, capabilities)) {
                fault = VtdFault.CONTEXT_RESERVED;
            }
        }
        if (fault == null || capabilities.cachingMode()) {
            reader.retain(VtdCaches.CONTEXT, CacheTag.context(request.requesterId()));
        }
        if (fault == null) {
            fault = ContextEntry.refusal(request, q0, q1, capabilities);
        }
        if (fault != null) {
            fault.in(out);
            return;
        }
        int pasid = request.hasPasid() ? request.pasid() : ContextEntry.ridPasid(q1);
        boolean supervisor = !request.hasPasid() && ContextEntry.ridPrivileged(q1);
        directory(request, pasid, supervisor, (q0 & PasidEntry.ADDRESS) + (pasid >>> 6) * 8L, reader, out);
    }

    private void directory(
            DmaRequest request, int pasid, boolean supervisor, long address, StructureReader reader, Translation out) {
        if (!reader.fetch(structures.directoryEntry, address)) {
            VtdFault.DIRECTORY_ACCESS.in(out);
            return;
        }
        long entry = reader.word(0);
        VtdFault fault = (entry & 1) == 0
                ? VtdFault.DIRECTORY_NOT_PRESENT
                : (entry & DIRECTORY_RESERVED) != 0 ? VtdFault.DIRECTORY_RESERVED : null;
        if (fault == null || capabilities.cachingMode()) {
            reader.retain(VtdCaches.PASID, CacheTag.pasidPiece(request.requesterId(), pasid));
        }
        if (fault != null) {
            fault.in(out);
            return;
        }
        long leaf = (entry & PasidEntry.ADDRESS) + (pasid & 63) * (long) PasidEntry.BYTES;
        pasidEntry(request, pasid, supervisor, leaf, reader, out);
    }

    private void pasidEntry(
            DmaRequest request, int pasid, boolean supervisor, long address, StructureReader reader, Translation out) {
        if (!reader.fetch(structures.pasidEntry, address)) {
            VtdFault.PASID_ENTRY_ACCESS.in(out);
            return;
        }
        int sid = request.requesterId();
        long q0 = reader.word(0);
        if (!PasidEntry.present(q0)) {
            if (capabilities.cachingMode()) {
                reader.retain(VtdCaches.PASID, CacheTag.pasidPiece(sid, pasid));
            }
            VtdFault.PASID_ENTRY_NOT_PRESENT.in(out);
            return;
        }
        long q1 = reader.word(1);
        long q2 = reader.word(2);
        long rest = 0;
        for (int index = 3; index < PasidEntry.WORDS; index++) {
            rest |= reader.word(index);
        }
        VtdFault fault = rest != 0 || PasidEntry.hasReservedBits(q0, q1, q2, capabilities)
                ? VtdFault.PASID_ENTRY_RESERVED
                : PasidEntryRules.violated(q0, q1, q2, capabilities);
        if (fault == null || capabilities.cachingMode()) {
            reader.retain(VtdCaches.PASID, CacheTag.pasidEntry(sid, pasid, PasidEntry.did(q1)));
        }
        if (fault != null) {
            fault.in(out);
            return;
        }
        pages(request, q0, q1, q2, pasid, supervisor, reader, out);
    }

    private void pages(
            DmaRequest request,
            long q0,
            long q1,
            long q2,
            int pasid,
            boolean supervisor,
            StructureReader reader,
            Translation out) {
        int did = PasidEntry.did(q1);
        int type = PasidEntry.type(q0);
        long iova = request.iova();
        if (type == PasidEntry.SECOND_STAGE) {
            long tag = CacheTag.secondStage(did);
            if (!reader.hit(VtdCaches.IOTLB, tag, iova, out)) {
                secondStage.translate(q0, q1, iova, false, reader, out);
                keep(tag, out);
            }
            return;
        }
        boolean usesFirstStage = type != PasidEntry.PASS_THROUGH;
        if (usesFirstStage && supervisor && !PasidEntry.supervisorRequests(q2)) {
            VtdFault.SUPERVISOR_BLOCKED.in(out);
            return;
        }
        boolean nested = type == PasidEntry.NESTED;
        long tag = CacheTag.firstStage(did, pasid, nested, supervisor);
        long other = CacheTag.firstStage(did, pasid, !nested, supervisor);
        if (reader.hit(VtdCaches.IOTLB, tag, iova, out) || reader.hit(VtdCaches.IOTLB, other, iova, out)) {
            return;
        }
        if (usesFirstStage) {
            firstStage.translate(q0, q1, q2, pasid, supervisor, iova, reader, out);
        } else if (iova >>> VtdCapabilities.HOST_ADDRESS_BITS != 0) {
            VtdFault.BEYOND_HOST_WIDTH.in(out);
        } else {
            identity(iova, Attributes.ofEntry(q1), out);
        }
        keep(tag, out);
    }

    private static void keep(long tag, Translation out) {
        if (!out.isFault()) {
            out.cacheable(VtdCaches.IOTLB, tag);
        }
    }

    @Override
    public void admit(DmaRequest request, Translation out) {
        if (out.isFault() || ((out.attributes() & Attributes.INTERRUPT) != 0 && request.write())) {
            return;
        }
        if (enabled && inInterruptRange(out.output(request.iova()))) {
            VtdFault.INTERRUPT_RANGE.in(out);
        } else if (!request.write()) {
            if ((out.permissions() & Translation.READ) == 0) {
                VtdFault.READ_DENIED.in(out);
            }
        } else if ((out.permissions() & Translation.WRITE) == 0) {
            VtdFault.WRITE_DENIED.in(out);
        } else {
            admitDirty(out);
        }
    }

    private static void admitDirty(Translation out) {
        long attributes = out.attributes();
        if ((attributes & Attributes.DIRTY_IN_READ_ONLY_TABLE) != 0) {
            VtdFault.NESTED_TABLE_WRITE.in(out);
        } else if ((attributes & Attributes.DIRTY_WITHOUT_SNOOP) != 0) {
            boolean second = (attributes & Attributes.DIRTY_OF_SECOND_STAGE) != 0;
            (second ? VtdFault.SECOND_STAGE_FLAGS : VtdFault.FIRST_STAGE_FLAGS).in(out);
        }
    }

    private static boolean inInterruptRange(long address) {
        return address >= INTERRUPT_FIRST && address <= INTERRUPT_LAST;
    }
}
