package dev.hitless.iommu.driver.support.domain;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether an invalidation failed that may not fail, so that the next one has to drop everything. Several may be under way:
 * one that began before another failed makes nothing good, however well it ends.
 */
final class InvalidationDebt {
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong madeGood = new AtomicLong();

    /** How many have failed; to be asked for before anything is sent. */
    long failures() {
        return failures.get();
    }

    boolean isOwed() {
        return madeGood.get() < failures.get();
    }

    void failed() {
        failures.incrementAndGet();
    }

    /** Everything was dropped, by commands sent after {@code before} had failed. */
    void paid(long before) {
        madeGood.accumulateAndGet(before, Math::max);
    }
}
