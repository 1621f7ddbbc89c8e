package dev.hitless.iommu.conformance.observe;

/**
 * What hardware holds somewhere: a kept copy of a structure, a structure being fetched, a finished translation. Packed
 * into one number, for states hold many.
 *
 * <pre>
 *  0..2   form
 *  3      requester whose walk made it
 *  4..11  stale: commands that were submitted after some piece that they cover had been read
 * 12..59  six operands of 8 bits, by form
 * 60, 61  quantum 0, 1 of a structure being fetched was read at this very instant
 * </pre>
 */
final class Copy {
    static final int DIRECTORY = 0;
    static final int FETCHING = 1;
    static final int ENTRY = 2;
    static final int TABLE = 3;
    static final int TRANSLATION = 4;
    static final int DEVICE = 5;

    /** Operand: nothing read yet. */
    static final int NONE = 255;

    /** Most commands that a trace may have. */
    static final int COMMANDS = 8;

    private Copy() {}

    static long of(int form, int requester, int stale) {
        return form | (long) requester << 3 | (long) stale << 4;
    }

    static int form(long copy) {
        return (int) copy & 7;
    }

    static int requester(long copy) {
        return (int) (copy >>> 3) & 1;
    }

    static int stale(long copy) {
        return (int) (copy >>> 4) & 0xFF;
    }

    static long withStale(long copy, int stale) {
        return copy & ~0xFF0L | (long) stale << 4;
    }

    static int operand(long copy, int n) {
        return (int) (copy >>> (12 + 8 * n)) & 0xFF;
    }

    static long with(long copy, int n, int value) {
        int shift = 12 + 8 * n;
        return copy & ~(0xFFL << shift) | (long) value << shift;
    }

    static boolean fresh(long copy, int quantum) {
        return (copy >>> (60 + quantum) & 1) != 0;
    }

    static long withFresh(long copy, int quantum, boolean fresh) {
        return fresh ? copy | 1L << (60 + quantum) : copy & ~(1L << (60 + quantum));
    }
}
