package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.Translation;

/**
 * Stage 1: virtual addresses by the table of a CD; behind stage 2 every table address and the result are intermediate
 * physical ones. Accesses are unprivileged.
 */
final class Stage1 {
    private final Smmuv3Features features;
    private final boolean e2h;
    private final FetchMethod fetchMethod;
    private final Stage2 stage2;

    Stage1(WalkerSettings settings, FetchMethod fetchMethod, Stage2 stage2) {
        this.features = settings.features();
        this.e2h = settings.e2h();
        this.fetchMethod = fetchMethod;
        this.stage2 = stage2;
    }

    /** Width of the output, from CD.IPS. */
    static int outputBits(long cd0, Smmuv3Features features) {
        return Math.min(AddressSize.bits(ContextDescriptor.ips(cd0)), features.outputBits());
    }

    /** Fills {@code out}, from the TLB or by a walk. A hit serves even where EPD0 forbids walking (IHI 0070 5.4.1.1). */
    void translate(long iova, Walk walk) {
        int world = world(walk);
        long tag = tag(world, walk);
        if (walk.reader().hit(Smmuv3Caches.TLB, tag, iova, walk.out())) {
            return;
        }
        if (world != TlbTag.EL2 && walk.reader().hit(Smmuv3Caches.TLB, TlbTag.global(tag), iova, walk.out())) {
            return;
        }
        boolean ignoringTopByte = ContextDescriptor.topByteIgnored(walk.cd0, Bits.isSet(iova, 55));
        long address = ignoringTopByte ? iova << 8 >> 8 : iova;
        boolean upper = address < 0;
        if (ContextDescriptor.walkDisabled(walk.cd0, upper, world == TlbTag.EL2)) {
            walk.fault(
                    upper ? FaultClass.NOT_MAPPED : FaultClass.BLOCKED,
                    EventCode.F_TRANSLATION,
                    upper ? "address in the upper half, which has no table" : "CD.EPD0 forbids walking");
            return;
        }
        int inputBits = 64 - ContextDescriptor.txSz(walk.cd0, upper);
        if ((upper ? ~address : address) >>> inputBits != 0) {
            walk.fault(FaultClass.NOT_MAPPED, EventCode.F_TRANSLATION, "address beyond CD.TxSZ");
            return;
        }
        walkTable(iova, upper, inputBits, tag, walk);
    }

    private int world(Walk walk) {
        if (!StreamTableEntry.isEl2(walk.ste0, walk.ste1)) {
            return TlbTag.EL1;
        }
        return e2h ? TlbTag.EL2_E2H : TlbTag.EL2;
    }

    private static long tag(int world, Walk walk) {
        return TlbTag.stage1(
                world,
                world == TlbTag.EL1 ? StreamTableEntry.s2Vmid(walk.ste2) : 0,
                world == TlbTag.EL2 ? 0 : ContextDescriptor.asid(walk.cd0));
    }

    private void walkTable(long iova, boolean upper, int inputBits, long tag, Walk walk) {
        StructureKind kind = structures(walk.cd0, upper).tableDescriptor();
        long ttbWord = upper ? walk.cd2 : walk.cd1;
        long input = iova & Bits.mask(inputBits - 1, 0);
        int level = TableDescriptor.LAST_LEVEL - (inputBits - 13) / TableDescriptor.BITS_PER_LEVEL;
        int rootBits = inputBits - TableDescriptor.shift(level);
        long table = ContextDescriptor.ttb(ttbWord) & -1L << Math.max(rootBits + 3, 4);
        long tables = 0;
        while (true) {
            long entry = table + ((input >>> TableDescriptor.shift(level)) & TableDescriptor.INDEX_MASK) * Long.BYTES;
            if (!fetch(kind, entry, walk)) {
                return;
            }
            long descriptor = walk.reader().word(0);
            if (TableDescriptor.isInvalid(descriptor) || !TableDescriptor.isTable(descriptor, level)) {
                leaf(descriptor, tables, level, iova, tag, walk);
                return;
            }
            table = TableDescriptor.nextTable(descriptor);
            if (table >>> outputBits(walk.cd0, features) != 0) {
                outputTooWide(walk);
                return;
            }
            long bytes = 1L << TableDescriptor.shift(level);
            walk.reader().retain(Smmuv3Caches.STAGE1_WALK, tag, iova & -bytes, bytes);
            tables |= ContextDescriptor.hierarchicalAttributesDisabled(ttbWord) ? 0 : descriptor;
            level++;
        }
    }

    private Structures structures(long cd0, boolean upper) {
        return fetchMethod.with(
                ContextDescriptor.ir(cd0, upper), ContextDescriptor.or(cd0, upper), ContextDescriptor.sh(cd0, upper));
    }

    private boolean fetch(StructureKind kind, long address, Walk walk) {
        long physical = StreamTableEntry.stage2(walk.ste0)
                ? stage2.tableAddress(address, FaultWitness.Purpose.TABLE_WALK, walk)
                : address;
        if (physical < 0) {
            return false;
        }
        if (!walk.reader().fetch(kind, physical)) {
            walk.fault(FaultClass.ACCESS, EventCode.F_WALK_EABT, "no memory at a stage-1 table");
            return false;
        }
        return true;
    }

    private void leaf(long descriptor, long tables, int level, long iova, long tag, Walk walk) {
        if (TableDescriptor.isInvalid(descriptor)) {
            walk.fault(FaultClass.NOT_MAPPED, EventCode.F_TRANSLATION, "stage-1 descriptor is invalid");
        } else if (TableDescriptor.isReserved(descriptor, level)) {
            walk.fault(FaultClass.ILLEGAL_ENTRY, EventCode.F_TRANSLATION, "stage-1 descriptor has a reserved type");
        } else if (TableDescriptor.output(descriptor, level) >>> outputBits(walk.cd0, features) != 0) {
            outputTooWide(walk);
        } else if (!TableDescriptor.accessed(descriptor) && !ContextDescriptor.accessFlagFaultsDisabled(walk.cd0)) {
            walk.fault(FaultClass.PERMISSION, EventCode.F_ACCESS, "stage-1 access flag is 0");
        } else {
            finish(descriptor, tables, level, iova, tag, walk);
        }
    }

    private void finish(long descriptor, long tables, int level, long iova, long tag, Walk walk) {
        boolean plainEl2 = TlbTag.world(tag) == TlbTag.EL2;
        boolean global = !plainEl2 && !TableDescriptor.notGlobal(descriptor);
        long leafTag = global ? TlbTag.global(tag) : tag;
        long pageBytes = 1L << TableDescriptor.shift(level);
        long output = TableDescriptor.output(descriptor, level) | (iova & (pageBytes - 1));
        int permissions = permissions(descriptor, tables, plainEl2, walk.cd0);
        long attributes = MemoryAttributes.stage1(descriptor, walk.cd3);
        if (StreamTableEntry.stage2(walk.ste0)) {
            walk.reader().retain(Smmuv3Caches.STAGE1_LEAF, leafTag, iova & -pageBytes, pageBytes);
            long leaf = stage2.findLeaf(output, FaultWitness.Purpose.INPUT, true, walk);
            if (leaf == Stage2.FAULTED) {
                return;
            }
            if (walk.reader() instanceof FaultWitness witness) {
                witness.stage2Leaf(output, permissions);
            }
            pageBytes = Math.min(pageBytes, Stage2.pageBytes(leaf));
            output = Stage2.physicalAddress(leaf, output);
            permissions &= Stage2.permissions(leaf);
            attributes |= Stage2.attributes(leaf, walk);
        }
        walk.out().translated(iova & -pageBytes, output & -pageBytes, pageBytes, permissions, attributes);
        walk.out().cacheable(Smmuv3Caches.TLB, leafTag);
    }

    private static int permissions(long descriptor, long tables, boolean plainEl2, long cd0) {
        boolean accessible = plainEl2
                || (TableDescriptor.unprivileged(descriptor) && !TableDescriptor.tableForbidsUnprivileged(tables));
        boolean writable =
                accessible && !TableDescriptor.readOnly(descriptor) && !TableDescriptor.tableForbidsWrites(tables);
        boolean executable = !TableDescriptor.unprivilegedExecuteNever(descriptor)
                && !TableDescriptor.tableForbidsExecution(tables)
                && !(writable && ContextDescriptor.writableIsNeverExecutable(cd0));
        return (accessible ? Translation.READ : 0)
                | (writable ? Translation.WRITE : 0)
                | (executable ? Translation.EXECUTE : 0);
    }

    private static void outputTooWide(Walk walk) {
        walk.fault(FaultClass.ILLEGAL_ENTRY, EventCode.F_ADDR_SIZE, "stage-1 descriptor points beyond CD.IPS");
    }
}
