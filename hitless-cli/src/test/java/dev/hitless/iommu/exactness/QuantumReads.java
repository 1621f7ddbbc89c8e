package dev.hitless.iommu.exactness;

import dev.hitless.iommu.exactness.PlayedMemory.Reading;
import dev.hitless.iommu.hardware.StructureKind;
import java.util.List;

/** What reading one more quantum of a structure can give, and which quantum may be next. */
final class QuantumReads {
    private final PlayedMemory memory;

    QuantumReads(PlayedMemory memory) {
        this.memory = memory;
    }

    /** How many quanta a structure has. */
    int count(Fetched structure) {
        return structure.kind().words() / structure.kind().quantumWords();
    }

    /** Everything that can be read at {@code when}, with {@code visible} as {@link PlayedMemory#read} takes it. */
    List<Reading> of(Fetched structure, int quantum, int when, long visible) {
        StructureKind kind = structure.kind();
        return memory.read(address(structure, quantum), kind.quantumWords(), kind.snooped(), when, visible);
    }

    /** Whether the quantum changes, was not read yet, and may be read before those that were not. */
    boolean isReadable(Fetched structure, int quantum) {
        if (structure.quanta().containsKey(quantum) || isConstant(structure, quantum)) {
            return false;
        }
        int valid = structure.kind().validWord() / structure.kind().quantumWords();
        return quantum == valid || !isAwaitedByOthers(structure, valid);
    }

    /** Whether no other quantum may be read before this one. */
    boolean isAwaitedByOthers(Fetched structure, int quantum) {
        StructureKind kind = structure.kind();
        return kind.order() == StructureKind.FetchOrder.VALID_FIRST
                && quantum == kind.validWord() / kind.quantumWords()
                && !structure.quanta().containsKey(quantum)
                && !isConstant(structure, quantum);
    }

    private boolean isConstant(Fetched structure, int quantum) {
        return memory.isConstant(address(structure, quantum), structure.kind().quantumWords());
    }

    private static long address(Fetched structure, int quantum) {
        return structure.address() + 8L * structure.kind().quantumWords() * quantum;
    }
}
