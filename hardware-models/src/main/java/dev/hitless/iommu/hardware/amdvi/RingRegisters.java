package dev.hitless.iommu.hardware.amdvi;

/**
 * Base, head and tail of one ring of 16-byte records in memory.
 *
 * <pre>
 * base        59:56 log2 of the number of records, 8..15 | 51:12 address
 * head, tail  18:4 byte offset
 * </pre>
 */
final class RingRegisters {
    static final int RECORD_BYTES = 16;

    private long base;
    private long head;
    private long tail;

    long base() {
        return base;
    }

    void setBase(long value) {
        base = value;
    }

    /** Lengths below 256 records are reserved. */
    boolean hasLegalLength() {
        return BitField.of(base, 59, 56) >= 8;
    }

    long lengthBytes() {
        return (long) RECORD_BYTES << BitField.of(base, 59, 56);
    }

    long head() {
        return head;
    }

    void setHead(long value) {
        head = BitField.inPlace(value, 18, 4);
    }

    long tail() {
        return tail;
    }

    void setTail(long value) {
        tail = BitField.inPlace(value, 18, 4);
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Address of the record at {@code offset}. */
    long address(long offset) {
        return BitField.inPlace(base, 51, 12) + offset;
    }

    /** Address of the record at head. */
    long headAddress() {
        return address(head);
    }

    /** Address of the record at tail. */
    long tailAddress() {
        return address(tail);
    }

    void advanceHead() {
        head = next(head);
    }

    void advanceTail() {
        tail = next(tail);
    }

    /** No further record fits: head and tail would meet. */
    boolean isFull() {
        return next(tail) == head;
    }

    /** Bytes between head and {@code offset}. */
    long distanceFromHead(long offset) {
        return Math.floorMod(offset - head, lengthBytes());
    }

    /** The offset behind {@code offset}. */
    long next(long offset) {
        return (offset + RECORD_BYTES) % lengthBytes();
    }
}
