package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuException;

/** How a call ends, as a word. */
final class Outcome {
    private Outcome() {}

    /** {@code OK}, or the errno. */
    static String of(Runnable call) {
        try {
            call.run();
            return "OK";
        } catch (IommuException refusal) {
            return refusal.errno().name();
        }
    }
}
