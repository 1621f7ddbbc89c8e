package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.List;

/** Numbers for outcomes: equal outcomes have equal numbers. */
final class SimulatedOutcomes {
    private final ToyHardware toy;
    private final SimulatedMemory memory;
    private final List<Outcome> outcomes = new ArrayList<>();

    SimulatedOutcomes(ToyHardware toy, SimulatedMemory memory) {
        this.toy = toy;
        this.memory = memory;
    }

    Outcome get(int number) {
        return outcomes.get(number);
    }

    int defect(int bad) {
        return switch (bad) {
            case SimulatedMemory.FREED -> number(Outcome.defect(Outcome.Kind.USE_AFTER_FREE, ""));
            case SimulatedMemory.UNDEFINED -> number(Outcome.defect(Outcome.Kind.UNDEFINED_MEMORY, ""));
            default -> fault(FaultClass.ACCESS);
        };
    }

    int fault(FaultClass fault) {
        Translation translation = new Translation();
        translation.fault(fault, 0, "");
        return number(Outcome.of(translation, 0));
    }

    int translated(long cached) {
        long page = Copy.operand(cached, 1) * ToyHardware.PAGE_BYTES;
        long output = memory.value(Copy.operand(cached, 2)) & ToyHardware.ADDRESS;
        long attributes = toy.hasAttributes()
                ? memory.value(Copy.operand(cached, 3)) << 8 | memory.value(Copy.operand(cached, 4))
                : 0;
        Translation translation = new Translation();
        translation.translated(page, output, ToyHardware.PAGE_BYTES, Translation.READ | Translation.WRITE, attributes);
        return number(Outcome.of(translation, page));
    }

    private int number(Outcome outcome) {
        int id = outcomes.indexOf(outcome);
        if (id < 0) {
            outcomes.add(outcome);
            id = outcomes.size() - 1;
        }
        return id;
    }
}
