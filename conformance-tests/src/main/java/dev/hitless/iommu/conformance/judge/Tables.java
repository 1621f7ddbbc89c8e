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
    private final Map<Walk, Cached> cached = new HashMap<>();

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
        return cached(stream, iova, afterwards).outcome();
    }

    /** The tag under which {@code stream}'s translation of {@code iova} is cached; null if it has none. */
    @Nullable
    Tag tag(Stream stream, long iova, boolean afterwards) {
        return cached(stream, iova, afterwards).tag();
    }

    private Cached cached(Stream stream, long iova, boolean afterwards) {
        return cached.computeIfAbsent(new Walk(stream, iova, afterwards), this::walk);
    }

    private Cached walk(Walk walk) {
        Translation translation = (walk.afterwards() ? after : before)
                .translation(operation.trace().walker(), walk.stream().request(walk.iova(), false, false));
        CacheKind cache = translation.cache();
        return cache == null || translation.isFault()
                ? Cached.NOTHING
                : new Cached(new Tag(cache, translation.tag()), Outcome.of(translation, walk.iova()));
    }

    private record Walk(Stream stream, long iova, boolean afterwards) {}

    private record Cached(@Nullable Tag tag, @Nullable Outcome outcome) {
        static final Cached NOTHING = new Cached(null, null);
    }
}
