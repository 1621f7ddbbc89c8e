package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.GuestContext;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * What a VT-d guest sets up: a first-stage table of its own. Asks for supervisor requests and the extended-accessed flag
 * where the hardware has them.
 */
final class VtdGuestContext implements GuestContext {
    private final X86PageTable table;
    private final LongUnaryOperator pointerOf;
    private final Map<String, Long> fields;

    VtdGuestContext(X86PageTable table, LongUnaryOperator pointerOf, VtdCapabilities capabilities) {
        this.table = table;
        this.pointerOf = pointerOf;
        Map<String, Long> wanted = new TreeMap<>();
        if (capabilities.supervisorRequests()) {
            wanted.put("SRE", 1L);
            wanted.put("WPE", 1L);
        }
        if (capabilities.extendedAccessed()) {
            wanted.put("EAFE", 1L);
        }
        this.fields = Map.copyOf(wanted);
    }

    @Override
    public long guestRoot() {
        return pointerOf.applyAsLong(table.rootAddress());
    }

    @Override
    public CpuPageTable pageTable() {
        return table;
    }

    @Override
    public Map<String, Long> fields() {
        return fields;
    }

    @Override
    public Iterable<Long> structurePages() {
        return table.pages();
    }

    @Override
    public void free() {
        table.free();
    }
}
