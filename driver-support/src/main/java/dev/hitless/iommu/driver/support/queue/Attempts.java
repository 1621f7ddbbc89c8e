package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.IommuException;
import java.util.function.Predicate;

/**
 * Asking again for what hardware did not do: for commands that may be carried out any number of times, as all invalidations
 * may, and for one that may not, as an answer to a device.
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
        run(once, failure -> true);
    }

    /**
     * Runs {@code once}, which gives one command, until it is not rejected. Whatever else goes wrong, that command may have
     * been carried out.
     *
     * @throws CommandRejectedException if hardware has rejected every attempt: it was never carried out
     * @throws IommuException what an attempt threw otherwise; what earlier ones threw is suppressed in it
     */
    public void runAtMostOnce(Runnable once) {
        run(once, CommandRejectedException.class::isInstance);
    }

    private void run(Runnable once, Predicate<IommuException> mayTryAgain) {
        IommuException earlier = null;
        for (int attempt = 1; ; attempt++) {
            try {
                once.run();
                return;
            } catch (IommuException failure) {
                if (earlier != null) {
                    failure.addSuppressed(earlier);
                }
                if (attempt == most || !mayTryAgain.test(failure)) {
                    throw failure;
                }
                earlier = failure;
            }
        }
    }
}
