package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.FaultClass;
import org.jspecify.annotations.Nullable;

/**
 * Finds the STE of a StreamID (IHI 0070 3.3.1), linear or by two levels, and reads from it what decides.
 *
 * <pre>
 * L1STD   51:6 L2Ptr | 4:0 Span (0: no walk, else 2^(Span-1))
 * </pre>
 */
final class StreamTable {
    private static final int ENTRY_BYTES = 64;
    private static final int LARGEST_SPAN = 11;
    private static final long LEVEL2_POINTER_MASK = 0x00FF_FFFF_FFFF_FFC0L;

    private final WalkerSettings settings;
    private final Smmuv3Features features;
    private final Structures structures;

    StreamTable(WalkerSettings settings, FetchMethod fetchMethod) {
        this.settings = settings;
        this.features = settings.features();
        this.structures = fetchMethod.with(
                settings.tableInnerCacheability(), settings.tableOuterCacheability(), settings.tableShareability());
    }

    /**
     * Reads the STE of {@code streamId} into {@code entries} and lets hardware keep it.
     *
     * @return false with a fault in {@code out}: no entry, V=0, an abort or an ILLEGAL entry
     */
    boolean readEntry(int streamId, Walk walk) {
        long unsignedId = Integer.toUnsignedLong(streamId);
        if (unsignedId >>> settings.streamTableBits() != 0) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_STREAMID, "StreamID beyond the stream table");
            return false;
        }
        long address = settings.streamTableSplit() == 0
                ? alignedBase() + unsignedId * ENTRY_BYTES
                : addressByTwoLevels(streamId, walk);
        if (address < 0) {
            return false;
        }
        if (!walk.reader().fetch(structures.streamTableEntry(), address)) {
            walk.fault(FaultClass.ACCESS, EventCode.F_STE_FETCH, "no memory at the STE");
            return false;
        }
        boolean usable = readWords(walk);
        walk.reader().retain(Smmuv3Caches.STE, ConfigurationTag.streamTableEntry(streamId));
        return usable;
    }

    private long addressByTwoLevels(int streamId, Walk walk) {
        int split = settings.streamTableSplit();
        long index = Integer.toUnsignedLong(streamId) >>> split;
        long base = alignedBase();
        if (!walk.reader().fetch(structures.level1StreamTableDescriptor(), base + index * Long.BYTES)) {
            walk.fault(FaultClass.ACCESS, EventCode.F_STE_FETCH, "no memory at the L1STD");
            return -1;
        }
        long descriptor = walk.reader().word(0);
        walk.reader().retain(Smmuv3Caches.L1STD, ConfigurationTag.streamTableLevel1(streamId, split));
        int span = Bits.field(descriptor, 0, 5);
        int entry = streamId & ((1 << split) - 1);
        if (span == 0 || span > LARGEST_SPAN || entry >>> (span - 1) != 0) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_STREAMID, "L1STD has no entry for the StreamID");
            return -1;
        }
        long pointer = descriptor & LEVEL2_POINTER_MASK & -1L << (span - 1 + 6);
        if (!features.isOutputAddress(pointer)) {
            walk.fault(
                    FaultClass.ILLEGAL_ENTRY, EventCode.C_BAD_STREAMID, "L1STD.L2Ptr beyond the output address size");
            return -1;
        }
        return pointer + (long) entry * ENTRY_BYTES;
    }

    /** Bits of the base below the table's alignment are taken as 0. */
    private long alignedBase() {
        return settings.streamTableBase() & -1L << settings.streamTableAlignmentBits();
    }

    private boolean readWords(Walk walk) {
        long dw0 = walk.reader().word(0);
        walk.ste0 = dw0;
        if (!StreamTableEntry.isValid(dw0)) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_STE, "STE.V is 0");
            return false;
        }
        if (StreamTableEntry.aborts(dw0)) {
            walk.fault(FaultClass.BLOCKED, EventCode.NONE, "STE.Config aborts");
            return false;
        }
        if (StreamTableEntry.config(dw0) == StreamTableEntry.CONFIG_BYPASS) {
            walk.ste1 = features.attributeOverride() ? walk.reader().word(1) : 0;
            return true;
        }
        String illegal = readTranslatingWords(dw0, walk);
        if (illegal != null) {
            walk.fault(FaultClass.ILLEGAL_ENTRY, EventCode.C_BAD_STE, illegal);
        }
        return illegal == null;
    }

    private @Nullable String readTranslatingWords(long dw0, Walk walk) {
        String illegal = StreamTableEntry.illegalWord0(dw0, features);
        if (illegal != null) {
            return illegal;
        }
        walk.ste1 = walk.reader().word(1);
        illegal = StreamTableEntry.illegalWord1(dw0, walk.ste1, features);
        if (illegal != null || StreamTableEntry.isEl2(dw0, walk.ste1)) {
            return illegal;
        }
        walk.ste2 = walk.reader().word(2);
        illegal = StreamTableEntry.illegalVmid(walk.ste2, features);
        if (illegal != null || !StreamTableEntry.stage2(dw0)) {
            return illegal;
        }
        walk.ste3 = walk.reader().word(3);
        return StreamTableEntry.illegalStage2(walk.ste1, walk.ste2, walk.ste3, features);
    }
}
