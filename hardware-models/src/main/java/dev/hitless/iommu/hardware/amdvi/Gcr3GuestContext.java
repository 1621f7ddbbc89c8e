package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.GuestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/** A guest's one-level GCR3 table with one v2 table, for PASID 0, that is for its requests without PASID. */
final class Gcr3GuestContext implements GuestContext {
    private static final long VALID = 1;

    private final PhysicalMemory memory;
    private final LongUnaryOperator pointerOf;
    private final X86PageTable pageTable;
    private final long gcr3Table;
    private final Map<String, Long> fields;

    Gcr3GuestContext(
            PhysicalMemory memory, int levels, LongUnaryOperator pointerOf, int domainId, boolean withoutPasid) {
        this.memory = memory;
        this.pointerOf = pointerOf;
        this.pageTable = new X86PageTable(memory, levels, pointerOf);
        this.gcr3Table = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        memory.store64(gcr3Table, pointerOf.applyAsLong(pageTable.rootAddress()) | VALID);
        memory.writeBarrier();
        this.fields = Map.of(
                "GIoV", withoutPasid ? 1L : 0L, "GLX", 0L, "GuestPagingMode", levels - 4L, "gDomID", (long) domainId);
    }

    @Override
    public long guestRoot() {
        return pointerOf.applyAsLong(gcr3Table);
    }

    @Override
    public CpuPageTable pageTable() {
        return pageTable;
    }

    @Override
    public Map<String, Long> fields() {
        return fields;
    }

    @Override
    public Iterable<Long> structurePages() {
        List<Long> pages = new ArrayList<>();
        pages.add(gcr3Table);
        pageTable.pages().forEach(pages::add);
        return pages;
    }

    @Override
    public void free() {
        memory.free(gcr3Table, PhysicalMemory.PAGE_BYTES);
        pageTable.free();
    }
}
