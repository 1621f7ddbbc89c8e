package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.function.LongSupplier;

/**
 * Completion by a word in memory: hardware writes the fence's sequence number to it (VT-d invalidation wait with SW,
 * AMD-Vi COMPLETION_WAIT with S).
 *
 * <p>Fences take turns with several words, so that a late write of one cannot undo the write of the next. A waiter takes
 * its own number and every later one of the same word, as a signed difference: numbers may wrap around.
 */
public final class CompletionWords implements CompletionStyle {
    /** Encodes a fence. */
    @FunctionalInterface
    public interface FenceEncoder {
        /**
         * @param wordAddress physical address that hardware is to write to, aligned to 8
         * @param data what it is to write there; as many bits as the width says
         */
        long[] encode(long wordAddress, long data);
    }

    private final PhysicalMemory memory;
    private final long base;
    private final int words;
    private final int unusedBits;
    private final FenceEncoder encoder;
    private long fillers;

    private CompletionWords(PhysicalMemory memory, int words, int dataBits, FenceEncoder encoder) {
        this.memory = memory;
        this.words = words;
        this.unusedBits = 64 - dataBits;
        this.encoder = encoder;
        this.base = memory.allocate(bytes(), true);
    }

    /**
     * Allocates the words.
     *
     * @param words a power of two; as many as there can be fences in the ring, so that none shares its word with another
     *     that is under way
     * @param dataBits 32 or 64: what hardware writes
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    public static CompletionWords create(PhysicalMemory memory, int words, int dataBits, FenceEncoder encoder) {
        if (words < 1 || Integer.bitCount(words) != 1 || (dataBits != 32 && dataBits != 64)) {
            throw new IllegalArgumentException(
                    words + " completion words of " + dataBits + " bits; a power of two of 32 or 64 bits is needed");
        }
        return new CompletionWords(memory, words, dataBits, encoder);
    }

    @Override
    public long[] fence(long sequence) {
        return encoder.encode(address(sequence), sequence << unusedBits >>> unusedBits);
    }

    /** To the word behind all others, something new each time. */
    @Override
    public long[] filler() {
        return encoder.encode(base + 8L * words, ++fillers << unusedBits >>> unusedBits);
    }

    @Override
    public boolean isReached(long sequence, long position, LongSupplier consumed) {
        return (memory.load64(address(sequence)) - sequence) << unusedBits >= 0;
    }

    /** Frees the words. No fence may be outstanding. */
    public void free() {
        memory.free(base, bytes());
    }

    private long bytes() {
        return 8L * (words + 1);
    }

    private long address(long sequence) {
        return base + 8 * (sequence & (words - 1));
    }
}
