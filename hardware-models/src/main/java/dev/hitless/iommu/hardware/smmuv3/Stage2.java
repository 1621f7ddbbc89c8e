package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.Translation;

/**
 * Stage 2: from intermediate physical addresses (or a device's own, where stage 1 is off) to physical ones, by a
 * VMSAv8-64 table with a 4 KiB granule whose root may be up to 16 tables side by side.
 */
final class Stage2 {
    /** What {@link #findLeaf} returns when {@code out} holds a fault. */
    static final long FAULTED = -1;

    private static final int ALL_PERMISSIONS = Translation.READ | Translation.WRITE | Translation.EXECUTE;
    private static final int SMALLEST_T0SZ = 16;
    private static final int LARGEST_T0SZ = 39;
    private static final int CONCATENATION_BITS = 4;
    /** Of a leaf, the bits that matter; the type bits give way to the level. */
    private static final long LEAF_MASK = Bits.mask(54, 2);

    private final Smmuv3Features features;
    private final FetchMethod fetchMethod;

    Stage2(Smmuv3Features features, FetchMethod fetchMethod) {
        this.features = features;
        this.fetchMethod = fetchMethod;
    }

    /** Whether the start level suits the width of the input: at least one bit resolved there, 16 tables at most. */
    static boolean isConsistent(int t0sz, int sl0, int outputBits) {
        if (t0sz < SMALLEST_T0SZ || t0sz > LARGEST_T0SZ || sl0 > 2 || 64 - t0sz > outputBits) {
            return false;
        }
        int rootShift = TableDescriptor.shift(startLevel(sl0));
        int rootBits = 64 - t0sz - rootShift;
        return rootBits >= 1 && rootBits <= TableDescriptor.BITS_PER_LEVEL + CONCATENATION_BITS;
    }

    private static int startLevel(int sl0) {
        return 2 - sl0;
    }

    /** Translates a request that stage 1 does not: fills {@code out}. */
    void translate(long inputAddress, Walk walk) {
        long tag = TlbTag.stage2(StreamTableEntry.s2Vmid(walk.ste2));
        if (walk.reader().hit(Smmuv3Caches.TLB, tag, inputAddress, walk.out())) {
            return;
        }
        long leaf = findLeaf(inputAddress, FaultWitness.Purpose.INPUT, false, walk);
        if (leaf == FAULTED) {
            return;
        }
        if (walk.reader() instanceof FaultWitness witness) {
            witness.stage2Leaf(inputAddress, ALL_PERMISSIONS);
        }
        long pageBytes = pageBytes(leaf);
        walk.out()
                .translated(
                        inputAddress & -pageBytes,
                        physicalAddress(leaf, inputAddress) & -pageBytes,
                        pageBytes,
                        permissions(leaf),
                        attributes(leaf, walk) | MemoryAttributes.incoming(walk.ste1, features));
        walk.out().cacheable(Smmuv3Caches.TLB, tag);
    }

    /**
     * Physical address of a structure that stage 1 or the configuration keeps at {@code intermediateAddress}.
     *
     * @return negative with a fault in {@code out}
     */
    long tableAddress(long intermediateAddress, FaultWitness.Purpose purpose, Walk walk) {
        long leaf = findLeaf(intermediateAddress, purpose, true, walk);
        if (leaf == FAULTED) {
            return FAULTED;
        }
        if (!TableDescriptor.stage2Readable(leaf)) {
            return fault(
                    FaultClass.PERMISSION,
                    EventCode.F_PERMISSION,
                    "stage 2 forbids reading a stage-1 structure",
                    intermediateAddress,
                    purpose,
                    walk);
        }
        if (StreamTableEntry.s2ProtectedTableWalk(walk.ste2) && isDevice(leaf, walk)) {
            return fault(
                    FaultClass.PERMISSION,
                    EventCode.F_PERMISSION,
                    "a stage-1 structure lies in Device memory and STE.S2PTW is set",
                    intermediateAddress,
                    purpose,
                    walk);
        }
        return physicalAddress(leaf, intermediateAddress);
    }

    private static boolean isDevice(long leaf, Walk walk) {
        return !StreamTableEntry.s2Fwb(walk.ste1) && TableDescriptor.stage2MemoryAttribute(leaf) >>> 2 == 0;
    }

    /**
     * Walks the table.
     *
     * @param keepLeaf hardware may keep the leaf for itself, since what it finishes is not a translation by stage 2 alone
     * @return the leaf descriptor with its level in place of the type bits, or {@link #FAULTED}
     */
    long findLeaf(long address, FaultWitness.Purpose purpose, boolean keepLeaf, Walk walk) {
        int inputBits = 64 - StreamTableEntry.s2T0sz(walk.ste2);
        if (address >>> inputBits != 0) {
            return fault(
                    FaultClass.NOT_MAPPED,
                    EventCode.F_TRANSLATION,
                    "address beyond STE.S2T0SZ",
                    address,
                    purpose,
                    walk);
        }
        StructureKind kind = structures(walk.ste2).tableDescriptor();
        long tag = TlbTag.stage2(StreamTableEntry.s2Vmid(walk.ste2));
        int level = startLevel(StreamTableEntry.s2Sl0(walk.ste2));
        long table = rootTable(walk, inputBits - TableDescriptor.shift(level));
        long index = address >>> TableDescriptor.shift(level);
        while (true) {
            if (!walk.reader().fetch(kind, table + index * Long.BYTES)) {
                return fault(
                        FaultClass.ACCESS,
                        EventCode.F_WALK_EABT,
                        "no memory at a stage-2 table",
                        address,
                        purpose,
                        walk);
            }
            long descriptor = walk.reader().word(0);
            if (!TableDescriptor.isTable(descriptor, level) || TableDescriptor.isInvalid(descriptor)) {
                return leaf(descriptor, level, tag, address, purpose, keepLeaf, walk);
            }
            table = TableDescriptor.nextTable(descriptor);
            if (!isOutput(table, walk)) {
                return outputTooWide(address, purpose, walk);
            }
            long bytes = 1L << TableDescriptor.shift(level);
            walk.reader().retain(Smmuv3Caches.STAGE2_WALK, tag, address & -bytes, bytes);
            level++;
            index = (address >>> TableDescriptor.shift(level)) & TableDescriptor.INDEX_MASK;
        }
    }

    private long leaf(
            long descriptor,
            int level,
            long tag,
            long address,
            FaultWitness.Purpose purpose,
            boolean keepLeaf,
            Walk walk) {
        if (TableDescriptor.isInvalid(descriptor)) {
            return fault(
                    FaultClass.NOT_MAPPED,
                    EventCode.F_TRANSLATION,
                    "stage-2 descriptor is invalid",
                    address,
                    purpose,
                    walk);
        }
        if (TableDescriptor.isReserved(descriptor, level)) {
            return fault(
                    FaultClass.ILLEGAL_ENTRY,
                    EventCode.F_TRANSLATION,
                    "stage-2 descriptor has a reserved type",
                    address,
                    purpose,
                    walk);
        }
        if (!isOutput(TableDescriptor.output(descriptor, level), walk)) {
            return outputTooWide(address, purpose, walk);
        }
        if (!TableDescriptor.accessed(descriptor) && !StreamTableEntry.s2AccessFlagFaultsDisabled(walk.ste2)) {
            return fault(FaultClass.PERMISSION, EventCode.F_ACCESS, "stage-2 access flag is 0", address, purpose, walk);
        }
        if (keepLeaf) {
            long bytes = 1L << TableDescriptor.shift(level);
            walk.reader().retain(Smmuv3Caches.STAGE2_LEAF, tag, address & -bytes, bytes);
        }
        return (descriptor & LEAF_MASK) | level;
    }

    private long rootTable(Walk walk, int rootBits) {
        return StreamTableEntry.s2Ttb(walk.ste3) & -1L << Math.max(rootBits + 3, 4);
    }

    private Structures structures(long ste2) {
        return fetchMethod.with(
                StreamTableEntry.s2Ir0(ste2), StreamTableEntry.s2Or0(ste2), StreamTableEntry.s2Sh0(ste2));
    }

    private boolean isOutput(long address, Walk walk) {
        int bits = AddressSize.bits(StreamTableEntry.s2Ps(walk.ste2));
        return address >>> Math.min(bits, features.outputBits()) == 0;
    }

    private static long outputTooWide(long address, FaultWitness.Purpose purpose, Walk walk) {
        return fault(
                FaultClass.ILLEGAL_ENTRY,
                EventCode.F_ADDR_SIZE,
                "stage-2 descriptor points beyond STE.S2PS",
                address,
                purpose,
                walk);
    }

    private static long fault(
            FaultClass fault, int code, String reason, long address, FaultWitness.Purpose purpose, Walk walk) {
        if (walk.reader() instanceof FaultWitness witness) {
            witness.stage2Fault(address, purpose);
        }
        walk.fault(fault, code, reason);
        return FAULTED;
    }

    /** Size of the page behind a leaf that {@link #findLeaf} returned. */
    static long pageBytes(long leaf) {
        return 1L << TableDescriptor.shift(level(leaf));
    }

    /** Where {@code address} leads. */
    static long physicalAddress(long leaf, long address) {
        return TableDescriptor.output(leaf, level(leaf)) | (address & (pageBytes(leaf) - 1));
    }

    static int permissions(long leaf) {
        return (TableDescriptor.stage2Readable(leaf) ? Translation.READ : 0)
                | (TableDescriptor.stage2Writable(leaf) ? Translation.WRITE : 0)
                | (TableDescriptor.stage2ExecuteNever(leaf) ? 0 : Translation.EXECUTE);
    }

    static long attributes(long leaf, Walk walk) {
        return MemoryAttributes.stage2(leaf, StreamTableEntry.s2Fwb(walk.ste1));
    }

    private static int level(long leaf) {
        return (int) leaf & 3;
    }
}
