package dev.hitless.iommu.qemu;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/** What a defective driver stores in place of the word that the right one stores. */
@FunctionalInterface
interface CommandTamper {
    /** Nothing wrong with commands. */
    CommandTamper NONE = (first, word, value) -> value;

    /**
     * The word that is stored in the command queue.
     *
     * @param first word 0 of its command, as it should be
     * @param word index in its command
     * @param value what should be stored
     */
    long tampered(long first, int word, long value);

    /** How a 128-bit store is made. */
    @FunctionalInterface
    interface Store128 {
        /** As it should be. */
        Store128 WHOLE = PhysicalMemory::store128;

        /** Stores two words. */
        void store(PhysicalMemory memory, long address, long low, long high);
    }
}
