package dev.hitless.iommu.driver.support.queue;

/**
 * Shape of a command ring.
 *
 * @param name for messages, for example {@code invalidation queue}
 * @param entries a power of two
 * @param entryWords 64-bit words of an entry, 1..8
 * @param reservedEntries entries kept free, at least 1: a ring that is full to the last one looks empty
 * @param coherent whether hardware's fetches snoop the CPU's caches
 * @param timeoutMicros how long a completion, or room in the ring, is waited for
 */
public record RingGeometry(
        String name, int entries, int entryWords, int reservedEntries, boolean coherent, long timeoutMicros) {
    public RingGeometry {
        if (entries < 2 || Integer.bitCount(entries) != 1) {
            throw new IllegalArgumentException(name + " of " + entries + " entries; a power of two from 2 is needed");
        }
        if (entryWords < 1 || entryWords > 8) {
            throw new IllegalArgumentException(name + " with entries of " + entryWords + " words, not 1..8");
        }
        if (reservedEntries < 1 || reservedEntries >= entries) {
            throw new IllegalArgumentException(
                    name + " keeps " + reservedEntries + " of " + entries + " entries free; 1 to " + (entries - 1));
        }
    }

    /** Bytes of the ring. */
    public long bytes() {
        return 8L * entries * entryWords;
    }

    /** Commands that fit. */
    public int capacity() {
        return entries - reservedEntries;
    }
}
