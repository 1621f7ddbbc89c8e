package dev.hitless.iommu.conformance.fast;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/** Reads structures as hardware does: each quantum at one instant, each at its own, the one with the valid
 * bit first. Has no cache. For one thread. */
final class MemoryWalk implements StructureReader {
    private static final int MOST_WORDS = 512;

    private final FastMemory memory;
    private final long[] words = new long[MOST_WORDS];

    MemoryWalk(FastMemory memory) {
        this.memory = memory;
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        int quantum = kind.quantumWords();
        int first = kind.validWord() / quantum * quantum;
        boolean there = memory.snapshot(address + 8L * first, quantum, words, first);
        for (int word = 0; there && word < kind.words(); word += quantum) {
            there = word == first || memory.snapshot(address + 8L * word, quantum, words, word);
        }
        return there;
    }

    @Override
    public long word(int index) {
        return words[index];
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        // Nothing is kept.
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        return false;
    }
}
