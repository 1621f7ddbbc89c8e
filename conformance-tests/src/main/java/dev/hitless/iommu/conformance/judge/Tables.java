package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tables say before and after an operation, read without caches: {@code f_old} and {@code f_new} of every stream,
 * and whose tag is whose.
 */
final class Tables {
    /** A cache and a tag in it. */
    record Tag(CacheKind cache, long value) {}

    private final Operation operation;
    private final ImageReader before;
    private final ImageReader after;
    private final Map<DmaRequest, Outcome> outcomesBefore = new HashMap<>();
    private final Map<DmaRequest, Outcome> outcomesAfter = new HashMap<>();

    Tables(Operation operation) {
        this.operation = operation;
        this.before = new ImageReader(operation.trace().before());
        this.after = new ImageReader(operation.trace().after());
    }

    /** What the request meets by the tables before. */
    Outcome before(DmaRequest request) {
        return outcomesBefore.computeIfAbsent(
                request, r -> before.outcome(operation.trace().walker(), r));
    }

    /** What the request meets by the tables after. */
    Outcome after(DmaRequest request) {
        return outcomesAfter.computeIfAbsent(
                request, r -> after.outcome(operation.trace().walker(), r));
    }

    /** The translation that a cache can hold for {@code iova}, before or after; null if none. */
    @Nullable
    Outcome cacheable(Stream stream, long iova, boolean afterwards) {
        Translation translation = translation(stream, iova, afterwards);
        return translation.cache() == null || translation.isFault() ? null : Outcome.of(translation, iova);
    }

    /** The tag under which {@code stream}'s translation of {@code iova} is cached; null if it has none. */
    @Nullable
    Tag tag(Stream stream, long iova, boolean afterwards) {
        Translation translation = translation(stream, iova, afterwards);
        CacheKind cache = translation.cache();
        return cache == null || translation.isFault() ? null : new Tag(cache, translation.tag());
    }

    private Translation translation(Stream stream, long iova, boolean afterwards) {
        return (afterwards ? after : before)
                .translation(operation.trace().walker(), stream.request(iova, false, false));
    }
}
