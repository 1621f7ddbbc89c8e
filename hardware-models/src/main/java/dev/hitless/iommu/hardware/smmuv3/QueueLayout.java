package dev.hitless.iommu.hardware.smmuv3;

/**
 * Where a queue is and how its indices count (IHI 0070 3.5.1): n index bits and a wrap bit above them. Equal indices with
 * equal wrap bits: empty; with different ones: full.
 *
 * <pre>
 * x_BASE  62 allocation hint | 51:5 address, aligned to the queue | 4:0 LOG2SIZE
 * </pre>
 *
 * @param base address
 * @param indexBits n
 */
record QueueLayout(long base, int indexBits) {
    private static final long ADDRESS_MASK = Bits.mask(51, 5);

    /** Decodes a base register; a size beyond {@code maximumBits} acts as that. */
    static QueueLayout of(long register, int entryBytes, int maximumBits) {
        int bits = Math.min(Bits.field(register, 0, 5), maximumBits);
        return new QueueLayout(register & ADDRESS_MASK & -((long) entryBytes << bits), bits);
    }

    /** Whether {@code register} asks for more than there is, or is not aligned. */
    static boolean isMalformed(long register, int entryBytes, int maximumBits) {
        int bits = Bits.field(register, 0, 5);
        return bits > maximumBits || (register & ADDRESS_MASK & (((long) entryBytes << bits) - 1)) != 0;
    }

    /** Bits of an index with its wrap bit. */
    int mask() {
        return (1 << (indexBits + 1)) - 1;
    }

    int entries() {
        return 1 << indexBits;
    }

    /** Entries from {@code consumer} to {@code producer}; more than {@link #entries} means nonsense. */
    int distance(int consumer, int producer) {
        return (producer - consumer) & mask();
    }

    int next(int index) {
        return (index + 1) & mask();
    }

    long address(int index, int entryBytes) {
        return base + (long) (index & (entries() - 1)) * entryBytes;
    }
}
