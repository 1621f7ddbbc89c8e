package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;

/**
 * Where descriptors are: IQA, IQH and IQT (VT-d spec 11.4.9). Positions are byte offsets.
 *
 * <pre>
 * IQA       63:12 address | 11 DW: 256-bit descriptors | 2:0 QS: 2^QS pages
 * IQH, IQT  18:4 offset
 * </pre>
 */
final class DescriptorRing {
    private static final long WIDE = 1L << 11;

    private final HardwarePort port;
    private long base;
    private long head;
    private long tail;

    DescriptorRing(HardwarePort port) {
        this.port = port;
    }

    long base() {
        return base;
    }

    void setBase(long value) {
        base = value;
    }

    long head() {
        return head;
    }

    void rewind() {
        head = 0;
    }

    void advance() {
        head = next(head);
    }

    long tail() {
        return tail;
    }

    void setTail(long value) {
        tail = value;
    }

    boolean isEmpty() {
        return head == tail;
    }

    boolean isTailAligned() {
        return tail % descriptorBytes() == 0;
    }

    boolean isTailInside() {
        return tail < queueBytes();
    }

    /** Bytes from the head to {@code offset}. */
    long distance(long offset) {
        return Math.floorMod(offset - head, queueBytes());
    }

    long next(long offset) {
        return (offset + descriptorBytes()) % queueBytes();
    }

    long address(long offset) {
        return (base & -4096L) + offset;
    }

    boolean isWide() {
        return (base & WIDE) != 0;
    }

    int entries() {
        return (int) (queueBytes() / descriptorBytes());
    }

    /** The descriptor at {@code address}, two words or four. */
    long[] words(long address) {
        long[] words = new long[(int) descriptorBytes() / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = port.read64(address + (long) i * Long.BYTES);
        }
        return words;
    }

    private long descriptorBytes() {
        return isWide() ? 32 : 16;
    }

    private long queueBytes() {
        return 4096L << (base & 7);
    }
}
