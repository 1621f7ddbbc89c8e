package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.GuestContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * A guest's linear CD table, one page of 64, whose CD 0 leads to the guest's page table, and the STE fields that go with
 * it. Requests without SubstreamID use CD 0 (S1DSS=2 where there are substreams; SubstreamID 0 is aborted then). Where there
 * are substreams one of them has a CD, an ASID and a page table of its own.
 */
final class ArmGuestContext implements GuestContext {
    private static final int DESCRIPTOR_TABLE_BITS = 6;
    private static final int DESCRIPTOR_BYTES = 64;
    private static final int WORD_BYTES = Long.BYTES;
    private static final int SUBSTREAM = 0x2A;

    private static final long WRITE_BACK = 1;
    private static final long INNER_SHAREABLE = 3;
    private static final long USE_SUBSTREAM_0 = 2;

    private static final long CD_VALID = 1L << 31;
    private static final long CD_EPD1 = 1L << 30;
    private static final long CD_WALK_WRITE_BACK = 1L << 8 | 1L << 10 | 3L << 12;
    private static final long CD_AARCH64 = 1L << 41;
    private static final long CD_STALL = 1L << 44;
    private static final long CD_RECORD = 1L << 45;
    private static final long CD_ABORT = 1L << 46;
    private static final long CD_ASET = 1L << 47;
    private static final int CD_IPS_SHIFT = 32;
    private static final int CD_ASID_SHIFT = 48;
    private static final long MAIR_WRITE_BACK = 0xFF;

    private final PhysicalMemory memory;
    private final LongUnaryOperator pointerOf;
    private final ArmPageTable pageTable;
    private final Map<Integer, ArmPageTable> substreams = new TreeMap<>();
    private final long descriptors;
    private final Map<String, Long> fields;

    /**
     * {@code asid} is what the guest chose; guests that share a VMID must differ. The substream has the same one, counted
     * from the other end.
     */
    ArmGuestContext(Smmuv3Features features, PhysicalMemory memory, int levels, LongUnaryOperator pointerOf, int asid) {
        this.memory = memory;
        this.pointerOf = pointerOf;
        this.pageTable = new ArmPageTable(memory, levels, pointerOf);
        this.descriptors = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        this.fields = steFields(features);
        writeDescriptor(features, descriptors, pageTable, asid);
        if (features.substreamIdBits() >= DESCRIPTOR_TABLE_BITS) {
            ArmPageTable table = new ArmPageTable(memory, levels, pointerOf);
            substreams.put(SUBSTREAM, table);
            writeDescriptor(features, descriptors + SUBSTREAM * DESCRIPTOR_BYTES, table, features.maxAsid() + 1 - asid);
        }
        memory.cleanCache(descriptors, PhysicalMemory.PAGE_BYTES);
        memory.writeBarrier();
    }

    private static Map<String, Long> steFields(Smmuv3Features features) {
        int substreamBits = Math.min(DESCRIPTOR_TABLE_BITS, features.substreamIdBits());
        Map<String, Long> fields = new LinkedHashMap<>();
        fields.put("S1Fmt", 0L);
        fields.put("S1CDMax", (long) substreamBits);
        fields.put("S1DSS", substreamBits == 0 ? 0 : USE_SUBSTREAM_0);
        fields.put("S1CIR", WRITE_BACK);
        fields.put("S1COR", WRITE_BACK);
        fields.put("S1CSH", INNER_SHAREABLE);
        fields.put("S1STALLD", 0L);
        fields.put("STRW", 0L);
        return Map.copyOf(fields);
    }

    private void writeDescriptor(Smmuv3Features features, long descriptor, ArmPageTable table, int asid) {
        long t0sz = 64L - table.addressBits();
        memory.store64(descriptor + WORD_BYTES, pointerOf.applyAsLong(table.rootAddress()));
        memory.store64(descriptor + 3 * WORD_BYTES, MAIR_WRITE_BACK);
        memory.store64(
                descriptor,
                t0sz
                        | CD_WALK_WRITE_BACK
                        | CD_EPD1
                        | CD_VALID
                        | (long) AddressSize.encode(features.outputBits()) << CD_IPS_SHIFT
                        | CD_AARCH64
                        | (features.stallModel() == StallModel.FORCED ? CD_STALL : 0)
                        | CD_RECORD
                        | CD_ABORT
                        | CD_ASET
                        | (long) asid << CD_ASID_SHIFT);
    }

    @Override
    public long guestRoot() {
        return pointerOf.applyAsLong(descriptors);
    }

    @Override
    public CpuPageTable pageTable() {
        return pageTable;
    }

    @Override
    public Map<Integer, CpuPageTable> pasidTables() {
        return Map.copyOf(substreams);
    }

    @Override
    public Map<String, Long> fields() {
        return fields;
    }

    @Override
    public Iterable<Long> structurePages() {
        List<Long> structures = new ArrayList<>(pageTable.pages());
        structures.add(descriptors);
        substreams.values().forEach(table -> structures.addAll(table.pages()));
        return structures;
    }

    @Override
    public void free() {
        pageTable.free();
        substreams.values().forEach(ArmPageTable::free);
        memory.free(descriptors, PhysicalMemory.PAGE_BYTES);
    }
}
