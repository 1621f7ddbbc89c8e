package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operation is judged by, its trace aside. Two operations that hardware saw alike are judged alike only if these
 * are equal: a change that is tried again and one that is taken back may leave the same trace, and one of them is wrong.
 *
 * @param all how it ended and what was promised, then of every stream what it is meant to see
 */
record Expectations(List<Object> all) {
    Expectations {
        all = List.copyOf(all);
    }

    static Expectations of(Operation operation) {
        List<Object> all = new ArrayList<>();
        all.add(operation.aftermath());
        all.add(operation.promise());
        long[] probes = operation.probes();
        for (Watched watched : operation.streams()) {
            all.add(watched.stream());
            all.add(watched.subject());
            for (long iova : probes) {
                for (boolean write : new boolean[] {false, true}) {
                    all.add(iova);
                    all.add(watched.before().expected(iova, write));
                    all.add(watched.after().expected(iova, write));
                }
            }
        }
        return new Expectations(all);
    }
}
