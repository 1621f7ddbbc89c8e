package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import org.jspecify.annotations.Nullable;

/**
 * Finds the STE of a StreamID (IHI 0070 3.3.1), linear or by two levels, and reads from it what decides.
 *
 * <pre>
 * L1STD   51:6 L2Ptr | 4:0 Span (0: no entries, else 2^(Span-1))
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
    boolean readEntry(int streamId, StructureReader reader, Translation out, FetchedEntries entries) {
        long unsignedId = Integer.toUnsignedLong(streamId);
        if (unsignedId >>> settings.streamTableBits() != 0) {
            out.fault(FaultClass.BLOCKED, EventCode.C_BAD_STREAMID, "StreamID beyond the stream table");
            return false;
        }
        long address = settings.streamTableSplit() == 0
                ? alignedBase(settings.streamTableBits() + 6) + unsignedId * ENTRY_BYTES
                : addressByTwoLevels(streamId, reader, out);
        if (address < 0) {
            return false;
        }
        if (!reader.fetch(structures.streamTableEntry(), address)) {
            out.fault(FaultClass.ACCESS, EventCode.F_STE_FETCH, "no memory at the STE");
            return false;
        }
        boolean usable = readWords(reader, out, entries);
        reader.retain(Smmuv3Caches.STE, ConfigurationTag.streamTableEntry(streamId));
        return usable;
    }

    private long addressByTwoLevels(int streamId, StructureReader reader, Translation out) {
        int split = settings.streamTableSplit();
        long index = Integer.toUnsignedLong(streamId) >>> split;
        long base = alignedBase(Math.max(settings.streamTableBits() - split, 0) + 3);
        if (!reader.fetch(structures.level1StreamTableDescriptor(), base + index * Long.BYTES)) {
            out.fault(FaultClass.ACCESS, EventCode.F_STE_FETCH, "no memory at the L1STD");
            return -1;
        }
        long descriptor = reader.word(0);
        reader.retain(Smmuv3Caches.L1STD, ConfigurationTag.streamTableLevel1(streamId, split));
        int span = Bits.field(descriptor, 0, 5);
        int entry = streamId & ((1 << split) - 1);
        if (span == 0 || span > LARGEST_SPAN || entry >>> (span - 1) != 0) {
            out.fault(FaultClass.BLOCKED, EventCode.C_BAD_STREAMID, "L1STD has no entry for the StreamID");
            return -1;
        }
        long pointer = descriptor & LEVEL2_POINTER_MASK & -1L << (span - 1 + 6);
        if (!features.isOutputAddress(pointer)) {
            out.fault(FaultClass.ILLEGAL_ENTRY, EventCode.C_BAD_STREAMID, "L1STD.L2Ptr beyond the output address size");
            return -1;
        }
        return pointer + (long) entry * ENTRY_BYTES;
    }

    /** Tables are aligned to their size, at least to 64 bytes; lower bits of the base are taken as 0. */
    private long alignedBase(int sizeBits) {
        return settings.streamTableBase() & -1L << Math.max(sizeBits, 6);
    }

    private boolean readWords(StructureReader reader, Translation out, FetchedEntries entries) {
        long dw0 = reader.word(0);
        entries.ste0 = dw0;
        if (!StreamTableEntry.isValid(dw0)) {
            out.fault(FaultClass.BLOCKED, EventCode.C_BAD_STE, "STE.V is 0");
            return false;
        }
        if (StreamTableEntry.aborts(dw0)) {
            out.fault(FaultClass.BLOCKED, EventCode.NONE, "STE.Config aborts");
            return false;
        }
        if (StreamTableEntry.config(dw0) == StreamTableEntry.CONFIG_BYPASS) {
            entries.ste1 = features.attributeOverride() ? reader.word(1) : 0;
            return true;
        }
        String illegal = readTranslatingWords(dw0, reader, entries);
        if (illegal != null) {
            out.fault(FaultClass.ILLEGAL_ENTRY, EventCode.C_BAD_STE, illegal);
        }
        return illegal == null;
    }

    private @Nullable String readTranslatingWords(long dw0, StructureReader reader, FetchedEntries entries) {
        String illegal = StreamTableEntry.illegalWord0(dw0, features);
        if (illegal != null) {
            return illegal;
        }
        entries.ste1 = reader.word(1);
        illegal = StreamTableEntry.illegalWord1(dw0, entries.ste1, features);
        if (illegal != null || StreamTableEntry.isEl2(dw0, entries.ste1)) {
            return illegal;
        }
        entries.ste2 = reader.word(2);
        illegal = StreamTableEntry.illegalVmid(entries.ste2, features);
        if (illegal != null || !StreamTableEntry.stage2(dw0)) {
            return illegal;
        }
        entries.ste3 = reader.word(3);
        return StreamTableEntry.illegalStage2(entries.ste1, entries.ste2, entries.ste3, features);
    }
}
