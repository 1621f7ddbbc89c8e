package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashMap;
import java.util.Map;

/** An SMMU on a fake bus, programmed by literal bit patterns, so that no encoding of the model is taken on trust. */
final class SmmuBench {
    static final int SID = 0x20;
    static final int NO_PASID = DmaRequest.NO_PASID;

    static final long STE_VALID = 1;
    static final long STE_BYPASS = 4L << 1;
    static final long STE_S1 = 5L << 1;
    static final long STE_S2 = 6L << 1;
    static final long STE_NESTED = 7L << 1;
    /** S1CIR=1, S1COR=1, S1CSH=3. */
    static final long STE_S1_WALK = 1L << 2 | 1L << 4 | 3L << 6;

    static final long S1DSS_BYPASS = 1;
    static final long S1DSS_SUBSTREAM_0 = 2;
    static final long EATS_FULL = 1L << 28;

    /** S2AA64, S2R, write-back inner-shareable walks, 48 bits out, S2T0SZ 16 from level 0. */
    static final long STE2_STAGE2 =
            1L << 51 | 1L << 58 | 5L << 48 | 1L << 40 | 1L << 42 | 3L << 44 | 2L << 38 | 16L << 32;

    /** V, EPD1, AA64, R, A, ASET, IPS 48, write-back inner-shareable walks, T0SZ 16. */
    static final long CD_STAGE1 = 1L << 31 | 1L << 30 | 1L << 41 | 1L << 45 | 1L << 46 | 1L << 47 | 5L << 32 | 1L << 8
            | 1L << 10 | 3L << 12 | 16;

    /** Page, AF, nG, AP user, SH inner. */
    static final long S1_PAGE = 3 | 1L << 10 | 1L << 11 | 1L << 6 | 3L << 8;
    /** Page, AF, read and write, MemAttr write-back. */
    static final long S2_PAGE = 3 | 1L << 10 | 3L << 6 | 0xFL << 2;

    static final long CR0 = 0x20;
    static final long CR1 = 0x28;
    static final long GBPA = 0x44;
    static final long GERROR = 0x60;
    static final long GERRORN = 0x64;
    static final long STRTAB_BASE = 0x80;
    static final long STRTAB_BASE_CFG = 0x88;
    static final long CMDQ_BASE = 0x90;
    static final long CMDQ_PROD = 0x98;
    static final long CMDQ_CONS = 0x9C;
    static final long EVENTQ_BASE = 0xA0;
    static final long EVENTQ_PROD = 0x100A8;
    static final long EVENTQ_CONS = 0x100AC;
    static final long PRIQ_BASE = 0xC0;
    static final long PRIQ_PROD = 0x100C8;
    static final long PRIQ_CONS = 0x100CC;

    static final int SMMUEN = 1;
    static final int PRIQEN = 2;
    static final int EVENTQEN = 4;
    static final int CMDQEN = 8;

    final FakeBus bus = new FakeBus();
    final HardwareModel model;
    final long commandQueue;
    final long eventQueue;
    final long level1StreamTable;
    final long level2StreamTable;
    int commandBits = 3;
    private int producer;

    private SmmuBench(Map<String, String> options) {
        Smmuv3HardwareModelProvider provider = new Smmuv3HardwareModelProvider();
        model = provider.create(HardwareConfiguration.of(provider.options(), options), bus);
        commandQueue = bus.allocate(4096, true);
        eventQueue = bus.allocate(4096, true);
        level1StreamTable = bus.allocate(4096, true);
        level2StreamTable = bus.allocate(256 * 64, true);
        bus.write64(level1StreamTable, level2StreamTable | 9);
    }

    /** A running SMMU: two-level stream table of 2^16 StreamIDs with SIDs 0 to 255 present, and queues of 8 entries. */
    static SmmuBench running(String... options) {
        SmmuBench bench = reset(options);
        bench.write(CR1, 0xD75);
        bench.write64(STRTAB_BASE, bench.level1StreamTable);
        bench.write(STRTAB_BASE_CFG, 1 << 16 | 8 << 6 | 16);
        bench.startCommandQueue();
        bench.write64(EVENTQ_BASE, bench.eventQueue | 3);
        bench.write(CR0, SMMUEN | EVENTQEN | CMDQEN);
        return bench;
    }

    /** An SMMU in reset with its command queue programmed and enabled. */
    static SmmuBench withCommandQueue(String... options) {
        SmmuBench bench = reset(options);
        bench.startCommandQueue();
        bench.write(CR0, CMDQEN);
        return bench;
    }

    /** An SMMU in reset. {@code options} are pairs of name and value. */
    static SmmuBench reset(String... options) {
        Map<String, String> chosen = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            chosen.put(options[i], options[i + 1]);
        }
        return new SmmuBench(chosen);
    }

    private void startCommandQueue() {
        write64(CMDQ_BASE, commandQueue | commandBits);
    }

    void write(long offset, int value) {
        model.writeRegister(offset, 32, value);
    }

    void write64(long offset, long value) {
        model.writeRegister(offset, 64, value);
    }

    int read(long offset) {
        return (int) model.readRegister(offset, 32);
    }

    /** Puts a command into the next slot, without the doorbell. */
    void put(long dw0, long dw1) {
        long slot = commandQueue + 16L * (producer & (1 << commandBits) - 1);
        bus.write64(slot, dw0);
        bus.write64(slot + 8, dw1);
        producer = producer + 1 & (2 << commandBits) - 1;
    }

    void doorbell() {
        write(CMDQ_PROD, producer);
    }

    /** Submits one command. */
    void command(long dw0, long dw1) {
        put(dw0, dw1);
        doorbell();
    }

    /** Submits a CMD_SYNC without message and looks at CMDQ_CONS. */
    void sync() {
        command(0x46, 0);
        read(CMDQ_CONS);
    }

    long allocate() {
        return bus.allocate(4096, true);
    }

    void ste(int streamId, long... words) {
        for (int i = 0; i < words.length; i++) {
            bus.write64(level2StreamTable + streamId * 64L + i * 8L, words[i]);
        }
    }

    void words(long address, long... words) {
        for (int i = 0; i < words.length; i++) {
            bus.write64(address + i * 8L, words[i]);
        }
    }

    /** Writes {@code leaf} at {@code level} of a table that starts at {@code root} with {@code rootLevel}. */
    void map(long root, int rootLevel, long address, int level, long leaf) {
        long table = root;
        for (int at = rootLevel; at < level; at++) {
            long slot = table + (address >>> 39 - 9 * at & 0x1FF) * 8;
            if (bus.read64(slot) == 0) {
                bus.write64(slot, allocate() | 3);
            }
            table = bus.read64(slot) & 0x0000_FFFF_FFFF_F000L;
        }
        bus.write64(table + (address >>> 39 - 9 * level & 0x1FF) * 8, leaf);
    }

    /** Installs a stage-1 STE with a single CD, whose table it returns. */
    long singleContext(long asid) {
        long table = allocate();
        long descriptor = allocate();
        words(descriptor, CD_STAGE1 | asid << 48, table, 0, 0xFF);
        ste(SID, STE_VALID | STE_S1 | descriptor, STE_S1_WALK);
        return table;
    }

    Translation translate(int pasid, long iova) {
        return translate(new RecordingReader(bus), pasid, iova);
    }

    Translation translate(RecordingReader reader, int pasid, long iova) {
        return translate(reader, new DmaRequest(SID, pasid, iova, false, false));
    }

    Translation translate(RecordingReader reader, DmaRequest request) {
        Translation out = new Translation();
        model.walker().translate(request, reader, out);
        return out;
    }
}
