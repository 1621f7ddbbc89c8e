package dev.hitless.iommu.hardware.smmuv3;

/** Bit fields of words. */
final class Bits {
    private Bits() {}

    /** The unsigned field of {@code width} bits, 31 at most, at {@code shift}. */
    static int field(long word, int shift, int width) {
        return (int) (word >>> shift) & ((1 << width) - 1);
    }

    static boolean isSet(long word, int bit) {
        return (word >>> bit & 1) != 0;
    }

    /** A mask of bits {@code high} to {@code low}, both included. */
    static long mask(int high, int low) {
        return -1L >>> (63 - high) & -1L << low;
    }
}
