package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;

/**
 * A queue that the SMMU fills: events (32 bytes) or page requests (16 bytes). When it is full, a record is dropped and
 * the overflow flag toggled, once until software acknowledges by making the flag in CONS equal (IHI 0070 7.4, 8.2).
 *
 * <pre>
 * x_PROD  31 OVFLG    | n wrap | n-1:0 WR
 * x_CONS  31 OVACKFLG | n wrap | n-1:0 RD
 * </pre>
 */
final class RecordQueue {
    /** What became of a record. */
    enum Outcome {
        /** Written. */
        RECORDED,
        /** Dropped: the queue is disabled. */
        DISABLED,
        /** Dropped: the queue is full. */
        OVERFLOWED,
        /** Dropped: there is no memory at the queue. */
        ABORTED
    }

    private static final int OVERFLOW = 1 << 31;

    private final String name;
    private final int entryBytes;
    private final HardwarePort port;
    private long baseRegister;
    private QueueLayout layout = new QueueLayout(0, 0);
    private boolean enabled;
    private int producer;
    private int consumer;
    private int overflow;
    private int overflowAcknowledged;

    /** {@code name} as registers have it, for example {@code EVENTQ}. */
    RecordQueue(String name, int entryBytes, HardwarePort port) {
        this.name = name;
        this.entryBytes = entryBytes;
        this.port = port;
    }

    long base() {
        return baseRegister;
    }

    void writeBase(long value) {
        if (enabled) {
            port.malformed(name + "_BASE is written while the queue is enabled; disable it first");
            return;
        }
        if (QueueLayout.isMalformed(value, entryBytes, Smmuv3Features.RECORD_QUEUE_BITS)) {
            port.malformed(name + "_BASE 0x" + Long.toHexString(value)
                    + " is not aligned to its size or exceeds the size in IDR1");
        }
        baseRegister = value;
        layout = QueueLayout.of(value, entryBytes, Smmuv3Features.RECORD_QUEUE_BITS);
    }

    int producer() {
        return producer | overflow;
    }

    void writeProducer(int value) {
        if (enabled) {
            port.malformed(name + "_PROD belongs to the SMMU while the queue is enabled");
            return;
        }
        producer = value & layout.mask();
        overflow = value & OVERFLOW;
    }

    int consumer() {
        return consumer | overflowAcknowledged;
    }

    void writeConsumer(int value) {
        int index = value & layout.mask();
        if (enabled && layout.distance(index, producer) > layout.distance(consumer, producer)) {
            port.malformed(name + "_CONS 0x" + Integer.toHexString(value) + " passes PROD 0x"
                    + Integer.toHexString(producer) + " or moves back");
        }
        consumer = index;
        overflowAcknowledged = value & OVERFLOW;
    }

    void setEnabled(boolean value) {
        enabled = value;
    }

    /** Appends a record of {@code entryBytes}. */
    Outcome append(long... words) {
        if (!enabled) {
            return Outcome.DISABLED;
        }
        if (layout.distance(consumer, producer) >= layout.entries()) {
            overflow = overflowAcknowledged ^ OVERFLOW;
            return Outcome.OVERFLOWED;
        }
        long address = layout.address(producer, entryBytes);
        if (!port.isMemory(address)) {
            return Outcome.ABORTED;
        }
        for (int i = 0; i < words.length; i++) {
            port.write64(address + (long) i * Long.BYTES, words[i]);
        }
        producer = layout.next(producer);
        return Outcome.RECORDED;
    }
}
