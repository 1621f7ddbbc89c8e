package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.GuestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * A guest's one-level GCR3 table with two v2 tables: one for PASID 0, that is for its requests without PASID too, and one
 * for another PASID.
 */
final class Gcr3GuestContext implements GuestContext {
    private static final long VALID = 1;
    private static final int OTHER_PASID = 0x2A;

    private final PhysicalMemory memory;
    private final LongUnaryOperator pointerOf;
    private final X86PageTable pageTable;
    private final X86PageTable otherTable;
    private final long gcr3Table;
    private final Map<String, Long> fields;

    Gcr3GuestContext(
            PhysicalMemory memory, int levels, LongUnaryOperator pointerOf, int domainId, boolean withoutPasid) {
        this.memory = memory;
        this.pointerOf = pointerOf;
        this.pageTable = new X86PageTable(memory, levels, pointerOf);
        this.otherTable = new X86PageTable(memory, levels, pointerOf);
        this.gcr3Table = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        setTable(0, pageTable);
        setTable(OTHER_PASID, otherTable);
        memory.writeBarrier();
        this.fields = Map.of(
                "GIoV", withoutPasid ? 1L : 0L, "GLX", 0L, "GuestPagingMode", levels - 4L, "gDomID", (long) domainId);
    }

    private void setTable(int pasid, X86PageTable table) {
        memory.store64(gcr3Table + (long) pasid * Long.BYTES, pointerOf.applyAsLong(table.rootAddress()) | VALID);
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
    public Map<Integer, CpuPageTable> pasidTables() {
        return Map.of(0, pageTable, OTHER_PASID, otherTable);
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
        otherTable.pages().forEach(pages::add);
        return pages;
    }

    @Override
    public void free() {
        memory.free(gcr3Table, PhysicalMemory.PAGE_BYTES);
        pageTable.free();
        otherTable.free();
    }
}
