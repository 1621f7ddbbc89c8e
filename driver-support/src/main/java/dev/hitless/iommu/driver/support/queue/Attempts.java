package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.IommuException;

/**
 * Asking again for what hardware did not do. Only for commands that may be carried out any number of times, as all
 * invalidations may.
 *
 * @param most how often it is asked for altogether, at least once
 */
public record Attempts(int most) {
    public Attempts {
        if (most < 1) {
            throw new IllegalArgumentException(most + " attempts; one is the least");
        }
    }

    /**
     * Runs {@code once} until it comes through.
     *
     * @throws IommuException what the last attempt threw; what earlier ones threw is suppressed in it
     */
    public void run(Runnable once) {
        IommuException earlier = null;
        for (int attempt = 1; ; attempt++) {
            try {
                once.run();
                return;
            } catch (IommuException failure) {
                if (earlier != null) {
                    failure.addSuppressed(earlier);
                }
                if (attempt == most) {
                    throw failure;
                }
                earlier = failure;
            }
        }
    }
}
