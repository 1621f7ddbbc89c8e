package dev.hitless.iommu.conformance.judge;

import java.util.stream.IntStream;

/** Instants to look at. */
final class Instants {
    private Instants() {}

    /** Both, in order, each once. */
    static int[] with(int[] instants, int[] more) {
        return IntStream.concat(IntStream.of(instants), IntStream.of(more))
                .sorted()
                .distinct()
                .toArray();
    }
}
