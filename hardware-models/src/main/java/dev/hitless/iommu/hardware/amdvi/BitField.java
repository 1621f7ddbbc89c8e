package dev.hitless.iommu.hardware.amdvi;

/** Takes fields out of words, by the bit numbers that the specification prints. */
final class BitField {
    private BitField() {}

    /** Bits {@code high:low} of {@code word}, shifted down. */
    static long of(long word, int high, int low) {
        return (word << (63 - high)) >>> (63 - high + low);
    }

    /** Bits {@code high:low} of {@code word}, shifted down; at most 31 bits wide. */
    static int number(long word, int high, int low) {
        return (int) of(word, high, low);
    }

    /** Bits {@code high:low} of {@code word}, where they are. */
    static long inPlace(long word, int high, int low) {
        return word & mask(high, low);
    }

    /** Ones in bits {@code high:low}. */
    static long mask(int high, int low) {
        return (-1L >>> (63 - high + low)) << low;
    }

    /** Whether bit {@code number} of {@code word} is set. */
    static boolean isSet(long word, int number) {
        return (word >>> number & 1) != 0;
    }
}
