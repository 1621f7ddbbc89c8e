package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import org.jspecify.annotations.Nullable;

/**
 * Finds the CD of a SubstreamID (IHI 0070 3.3.2), linear or by two levels with leaves of 4 or 64 KiB, and reads from it
 * what decides. Behind stage 2 every address here is an intermediate physical one.
 *
 * <pre>
 * L1CD    51:12 L2Ptr | 0 V
 * </pre>
 */
final class ContextTable {
    private static final int DESCRIPTOR_BYTES = 64;
    private static final int FORMAT_TWO_LEVEL_4K = 1;
    private static final int FORMAT_TWO_LEVEL_64K = 2;
    private static final int SPLIT_4K = 6;
    private static final int SPLIT_64K = 10;
    private static final long LEVEL2_POINTER_MASK = 0x00FF_FFFF_FFFF_F000L;

    private final Smmuv3Features features;
    private final boolean e2h;
    private final FetchMethod fetchMethod;
    private final Stage2 stage2;

    ContextTable(WalkerSettings settings, FetchMethod fetchMethod, Stage2 stage2) {
        this.features = settings.features();
        this.e2h = settings.e2h();
        this.fetchMethod = fetchMethod;
        this.stage2 = stage2;
    }

    /**
     * Reads the CD of {@code substreamId} into {@code entries} and lets hardware keep it.
     *
     * @return false with a fault in {@code out}
     */
    boolean readDescriptor(int streamId, int substreamId, Walk walk) {
        int maximum = StreamTableEntry.effectiveS1CdMax(walk.ste0, features);
        if (substreamId >>> maximum != 0) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_SUBSTREAMID, "SubstreamID beyond the CD table");
            return false;
        }
        int format = maximum == 0 ? 0 : StreamTableEntry.s1Fmt(walk.ste0);
        Structures structures = structures(walk.ste1);
        long table = StreamTableEntry.s1ContextPtr(walk.ste0);
        long address = format == FORMAT_TWO_LEVEL_4K || format == FORMAT_TWO_LEVEL_64K
                ? addressByTwoLevels(streamId, substreamId, format, structures, walk)
                : table + (long) substreamId * DESCRIPTOR_BYTES;
        if (address < 0 || !fetch(structures.contextDescriptor(), address, walk)) {
            return false;
        }
        boolean usable = readWords(walk);
        walk.reader().retain(Smmuv3Caches.CD, ConfigurationTag.contextDescriptor(streamId, substreamId));
        return usable;
    }

    private Structures structures(long ste1) {
        return fetchMethod.with(
                StreamTableEntry.s1Cir(ste1), StreamTableEntry.s1Cor(ste1), StreamTableEntry.s1Csh(ste1));
    }

    private long addressByTwoLevels(int streamId, int substreamId, int format, Structures structures, Walk walk) {
        int split = format == FORMAT_TWO_LEVEL_4K ? SPLIT_4K : SPLIT_64K;
        long address = StreamTableEntry.s1ContextPtr(walk.ste0) + (long) (substreamId >>> split) * Long.BYTES;
        if (!fetch(structures.level1ContextDescriptor(), address, walk)) {
            return -1;
        }
        long descriptor = walk.reader().word(0);
        walk.reader().retain(Smmuv3Caches.L1CD, ConfigurationTag.contextTableLevel1(streamId, substreamId, split));
        if ((descriptor & 1) == 0) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_SUBSTREAMID, "L1CD.V is 0");
            return -1;
        }
        long leaf = descriptor & LEVEL2_POINTER_MASK;
        if (!features.isOutputAddress(leaf)) {
            walk.fault(
                    FaultClass.ILLEGAL_ENTRY, EventCode.C_BAD_SUBSTREAMID, "L1CD.L2Ptr beyond the output address size");
            return -1;
        }
        return leaf + (long) (substreamId & ((1 << split) - 1)) * DESCRIPTOR_BYTES;
    }

    private boolean fetch(StructureKind kind, long address, Walk walk) {
        long physical = StreamTableEntry.stage2(walk.ste0)
                ? stage2.tableAddress(address, FaultWitness.Purpose.CONTEXT_DESCRIPTOR, walk)
                : address;
        if (physical < 0) {
            return false;
        }
        if (!walk.reader().fetch(kind, physical)) {
            walk.fault(FaultClass.ACCESS, EventCode.F_CD_FETCH, "no memory at the CD or L1CD");
            return false;
        }
        return true;
    }

    private boolean readWords(Walk walk) {
        long dw0 = walk.reader().word(0);
        walk.cd0 = dw0;
        if (!ContextDescriptor.isValid(dw0)) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_CD, "CD.V is 0");
            return false;
        }
        String illegal = readRemainingWords(dw0, walk);
        if (illegal != null) {
            walk.fault(FaultClass.ILLEGAL_ENTRY, EventCode.C_BAD_CD, illegal);
        }
        return illegal == null;
    }

    private @Nullable String readRemainingWords(long dw0, Walk walk) {
        boolean plainEl2 = !e2h && StreamTableEntry.isEl2(walk.ste0, walk.ste1);
        String illegal = ContextDescriptor.illegalWord0(dw0, walk.ste1, plainEl2, features);
        if (illegal != null) {
            return illegal;
        }
        int outputBits = Stage1.outputBits(dw0, features);
        boolean lower = !ContextDescriptor.walkDisabled(dw0, false, plainEl2);
        boolean upper = !ContextDescriptor.walkDisabled(dw0, true, plainEl2);
        if (lower) {
            walk.cd1 = walk.reader().word(1);
            illegal = ContextDescriptor.illegalWord1(walk.cd1, outputBits);
        }
        if (upper && illegal == null) {
            walk.cd2 = walk.reader().word(2);
            illegal = ContextDescriptor.illegalWord2(walk.cd2, outputBits);
        }
        if (illegal == null && (lower || upper)) {
            walk.cd3 = walk.reader().word(3);
        }
        return illegal;
    }
}
