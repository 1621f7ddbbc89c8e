package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.CachedTranslation;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.hardware.DmaRequest;
import org.jspecify.annotations.Nullable;

/** What would have become of an operation that failed: the very same one, on a machine of the same kind, without a fault. */
public final class Intended {
    private final Operation undisturbed;
    private final Tables tables;

    /** @param undisturbed the operation, carried out */
    public Intended(Operation undisturbed) {
        this.undisturbed = undisturbed;
        this.tables = new Tables(undisturbed);
    }

    /** What {@code request} would meet. */
    Outcome outcome(DmaRequest request) {
        return tables.after(request);
    }

    /** Whether {@code cached} is a translation of some stream under its own tag, or of the subject under any. */
    boolean allows(CachedTranslation cached) {
        for (Watched watched : undisturbed.streams()) {
            @Nullable Outcome own = tables.cacheable(watched.stream(), cached.iova(), true);
            if (own != null
                    && cached.outcome().equals(own)
                    && new Tables.Tag(cached.cache(), cached.tag())
                            .equals(tables.tag(watched.stream(), cached.iova(), true))) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code cached} is what the subject would have had, whatever its tag. */
    boolean isOfSubject(CachedTranslation cached) {
        for (Watched watched : undisturbed.streams()) {
            @Nullable Outcome own = tables.cacheable(watched.stream(), cached.iova(), true);
            if (watched.subject() && own != null && cached.outcome().equals(own)) {
                return true;
            }
        }
        return false;
    }
}
