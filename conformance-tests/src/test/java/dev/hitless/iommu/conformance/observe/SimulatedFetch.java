package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;

/** How the toy IOMMU reads its configuration: the directory entry, then the entry quantum by quantum. */
final class SimulatedFetch {
    private final ToyHardware toy;
    private final long base;
    private final SimulatedMemory memory;
    private final SimulatedHardware hardware;

    SimulatedFetch(ToyHardware toy, long base, SimulatedMemory memory, SimulatedHardware hardware) {
        this.toy = toy;
        this.base = base;
        this.memory = memory;
        this.hardware = hardware;
    }

    void begin(int requester) {
        if (!toy.directory()) {
            fetchEntry(emptyFetch(Copy.of(Copy.DIRECTORY, requester, 0)));
            return;
        }
        int pointer = hardware.read(base + 8L * requester);
        if (isBad(pointer)) {
            hardware.meetsEverywhere(requester, hardware.outcomes().defect(pointer));
        } else if ((memory.value(pointer) & ToyHardware.VALID) == 0) {
            hardware.meetsEverywhere(requester, hardware.outcomes().fault(FaultClass.BLOCKED));
        } else {
            hardware.keep(Copy.with(Copy.of(Copy.DIRECTORY, requester, 0), 0, pointer));
        }
    }

    static long emptyFetch(long directory) {
        long fetch = Copy.of(Copy.FETCHING, Copy.requester(directory), 0);
        for (int word = 0; word < 4; word++) {
            fetch = Copy.with(fetch, word, Copy.NONE);
        }
        return Copy.with(Copy.with(fetch, 4, Copy.operand(directory, 0)), 5, Copy.stale(directory));
    }

    /** Reads one more quantum, in every order that is allowed. */
    void fetchEntry(long fetch) {
        long page = toy.directory() ? memory.value(Copy.operand(fetch, 4)) & ToyHardware.ADDRESS : base;
        long address = page + (long) Copy.requester(fetch) * ToyHardware.ENTRY_BYTES;
        for (int quantum = 0; quantum < toy.quanta(); quantum++) {
            if (Copy.operand(fetch, 2 * quantum) != Copy.NONE || (quantum == 1 && waitsForValid(fetch))) {
                continue;
            }
            long further = Copy.withFresh(fetch, quantum, true);
            for (int word = 0; word < toy.quantumWords(); word++) {
                int value = hardware.read(address + 8L * (quantum * toy.quantumWords() + word));
                further = Copy.with(further, 2 * quantum + word, value);
            }
            hardware.hold(further);
        }
    }

    private boolean waitsForValid(long fetch) {
        int first = Copy.operand(fetch, 0);
        return toy.order() == FetchOrder.VALID_FIRST
                && (first == Copy.NONE || isBad(worst(fetch, 0)) || (memory.value(first) & ToyHardware.VALID) == 0);
    }

    void finishEntry(long fetch) {
        int requester = Copy.requester(fetch);
        int first = worst(fetch, 0);
        if (first == Copy.NONE) {
            return;
        }
        if (isBad(first)) {
            hardware.meetsEverywhere(requester, hardware.outcomes().defect(first));
            return;
        }
        if ((memory.value(Copy.operand(fetch, 0)) & ToyHardware.VALID) == 0) {
            if (Copy.fresh(fetch, 0)) {
                hardware.meetsEverywhere(requester, hardware.outcomes().fault(FaultClass.BLOCKED));
            }
            if (toy.invalidCached()) {
                keepEntry(fetch);
            }
            return;
        }
        int last = worst(fetch, toy.quanta() - 1);
        boolean allFresh = Copy.fresh(fetch, 0) && Copy.fresh(fetch, toy.quanta() - 1);
        if (last == Copy.NONE) {
            return;
        }
        if (isBad(last)) {
            if (allFresh) {
                hardware.meetsEverywhere(requester, hardware.outcomes().defect(last));
            }
        } else if ((memory.value(word(fetch, toy.tableWord())) & ToyHardware.ILLEGAL) != 0) {
            if (allFresh) {
                hardware.meetsEverywhere(requester, hardware.outcomes().fault(FaultClass.ILLEGAL_ENTRY));
            }
        } else {
            keepEntry(fetch);
        }
    }

    private void keepEntry(long fetch) {
        long entry = Copy.of(Copy.ENTRY, Copy.requester(fetch), Copy.stale(fetch) | Copy.operand(fetch, 5));
        for (int word = 0; word < 4; word++) {
            entry = Copy.with(entry, word, Copy.operand(fetch, word));
        }
        hardware.keep(entry);
    }

    /** Number of the value of word {@code index} of an entry, whole or being fetched. */
    int word(long entry, int index) {
        int quantum = index / toy.quantumWords();
        return Copy.operand(entry, 2 * quantum + index % toy.quantumWords());
    }

    /** What was read for a quantum: NONE, the worst kind of bad memory, or its first value. */
    int worst(long fetch, int quantum) {
        int worst = Copy.operand(fetch, 2 * quantum);
        for (int word = 1; word < toy.quantumWords() && worst != Copy.NONE && worst != SimulatedMemory.FREED; word++) {
            int value = Copy.operand(fetch, 2 * quantum + word);
            worst = isBad(value) ? value : worst;
        }
        return worst;
    }

    static boolean isBad(int value) {
        return value >= SimulatedMemory.NO_MEMORY && value != Copy.NONE;
    }
}
