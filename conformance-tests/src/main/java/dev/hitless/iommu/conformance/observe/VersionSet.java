package dev.hitless.iommu.conformance.observe;

/**
 * The versions of one quantum, in no particular order: each a value for every word, and the interval of instants {@code
 * [from, until)} in which it can be read.
 */
final class VersionSet {
    static final byte DEFINED = 0;
    static final byte UNDEFINED = 1;
    static final byte FREED = 2;

    /** After every instant. */
    static final int NEVER = Integer.MAX_VALUE;

    final int words;
    final int count;
    /** Word {@code w} of version {@code v} at {@code v * words + w}. */
    final long[] values;

    final int[] from;
    final int[] until;
    final byte[] state;
    /** Event that made the first word's version; -1: it was there before. */
    final int[] made;
    /** First later 128-bit store to this word and another quantum's; {@link #NEVER} if there is none. */
    final int[] replacedBeside;

    VersionSet(
            int words,
            int count,
            long[] values,
            int[] from,
            int[] until,
            byte[] state,
            int[] made,
            int[] replacedBeside) {
        this.words = words;
        this.count = count;
        this.values = values;
        this.from = from;
        this.until = until;
        this.state = state;
        this.made = made;
        this.replacedBeside = replacedBeside;
    }

    /** A quantum that never changes. */
    static VersionSet constant(long[] values) {
        return new VersionSet(
                values.length,
                1,
                values,
                new int[] {0},
                new int[] {NEVER},
                new byte[] {DEFINED},
                new int[] {-1},
                new int[] {NEVER});
    }
}
