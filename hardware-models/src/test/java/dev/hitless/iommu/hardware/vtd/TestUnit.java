package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.Translation;
import java.util.Map;

/** A model on a fake bus, brought up as software would: queue, root table, translation. Offsets and bits are literals. */
final class TestUnit {
    static final long FSTS_IQE = 1 << 4;
    static final long FSTS_ITE = 1 << 6;

    final FakeBus bus = new FakeBus();
    final TestTables tables = new TestTables(bus);
    final HardwareModel model;
    final long queue;
    final long status;
    private final boolean wide;
    private long tail;
    private int waits;

    TestUnit(Map<String, String> chosen) {
        this(chosen, true);
    }

    TestUnit(Map<String, String> chosen, boolean wide) {
        VtdHardwareModelProvider provider = new VtdHardwareModelProvider();
        this.wide = wide;
        model = provider.create(HardwareConfiguration.of(provider.options(), chosen), bus);
        queue = bus.allocate(8192, true);
        status = bus.allocate(4096, true);
    }

    long read32(long offset) {
        return model.readRegister(offset, 32);
    }

    void write32(long offset, long value) {
        model.writeRegister(offset, 32, value);
    }

    /** Queue of 8 KiB on, root table set, translation on. */
    TestUnit start() {
        queueOn();
        model.writeRegister(0x20, 64, tables.rootPointer());
        write32(0x18, 1L << 26 | 1L << 30);
        write32(0x18, 1L << 26 | 1L << 31);
        return this;
    }

    void queueOn() {
        model.writeRegister(0x88, 64, 0);
        model.writeRegister(0x90, 64, queue | (wide ? 1L << 11 : 0) | 1);
        write32(0x18, 1L << 26);
    }

    int descriptorBytes() {
        return wide ? 32 : 16;
    }

    /** Puts a descriptor in, without ringing the doorbell. */
    void put(long q0, long q1) {
        bus.write64(queue + tail, q0);
        bus.write64(queue + tail + 8, q1);
        tail = (tail + descriptorBytes()) % 8192;
    }

    void ring() {
        model.writeRegister(0x88, 64, tail);
    }

    /** Puts a wait with a fresh status value in; returns the value. */
    int putWait() {
        waits++;
        put((long) waits << 32 | 1 << 5 | 5, status);
        return waits;
    }

    /** What a polling driver does: loads the status word. */
    int poll() {
        long value = bus.read64(status);
        model.loaded(status, value);
        return (int) value;
    }

    void submit(long q0, long q1) {
        put(q0, q1);
        ring();
    }

    Translation dma(long iova) {
        return model.access(new DmaRequest(TestTables.SID, TestTables.PASID, iova, false, false));
    }
}
