package dev.hitless.iommu.exactness;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A walk on behalf of a request as far as it has come: what hardware holds of it. Immutable.
 *
 * @param request the request
 * @param way the structures so far; all but the last are whole
 * @param content what was asked and read, whenever that was
 */
record PartialWalk(DmaRequest request, List<Fetched> way, Content content) {
    /** What a walk has read, with its hash at hand: states are compared by this more often than anything else. */
    static final class Content {
        private final @Nullable Content before;
        private final Object last;
        private final int hash;

        Content(@Nullable Content before, Object last) {
            this.before = before;
            this.last = last;
            this.hash = (before == null ? 0 : before.hash * 31) + last.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || (other instanceof Content that
                            && hash == that.hash
                            && last.equals(that.last)
                            && Objects.equals(before, that.before));
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    static PartialWalk begin(DmaRequest request) {
        return new PartialWalk(request, List.of(), new Content(null, request));
    }

    boolean isEmpty() {
        return way.isEmpty();
    }

    Fetched last() {
        return way.get(way.size() - 1);
    }

    PartialWalk replaceLast(Fetched other) {
        List<Fetched> changed = new ArrayList<>(way);
        changed.set(way.size() - 1, other);
        return new PartialWalk(request, changed, new Content(content.before, other.content()));
    }

    PartialWalk append(Fetched next) {
        List<Fetched> longer = new ArrayList<>(way.size() + 1);
        longer.addAll(way);
        longer.add(next);
        return new PartialWalk(request, longer, new Content(content, next.content()));
    }

    /** Commands that void whatever they drop that was found along the first {@code count} structures. */
    long staleBy(int count) {
        long stale = 0;
        for (int n = 0; n < count; n++) {
            stale |= way.get(n).kept() == null ? 0 : way.get(n).since();
        }
        return stale;
    }

    /** Whether structure {@code n} is there, after the commands {@code seen} have completed. */
    boolean isUsable(int n, long seen) {
        Fetched.Kept kept = way.get(n).kept();
        return kept == null || (kept.coveredBy() & seen) == 0 || (staleBy(n + 1) & kept.coveredBy() & seen) == 0;
    }

    /** Whether the last structure can be used, or fetched further. */
    boolean isAlive(long seen) {
        int leading = isEmpty() || last().whole() ? way.size() - 1 : way.size() - 2;
        return leading < 0 || isUsable(leading, seen);
    }

    /** Whether it ends with this instant. */
    boolean isMomentary() {
        for (Fetched structure : way) {
            if (structure.isMomentary()) {
                return true;
            }
        }
        return !isEmpty() && last().isDefective();
    }

    /** Whether the end is reached through an entry of a page table that is found under {@code tag}. */
    boolean leadsThroughPagingStructure(long tag) {
        for (Fetched structure : way) {
            Fetched.Kept kept = structure.kept();
            if (kept != null && kept.cache().role() == CacheKind.Role.PAGING_STRUCTURE && kept.tag() == tag) {
                return true;
            }
        }
        return false;
    }

    PartialWalk aged(long submitted) {
        List<Fetched> older = new ArrayList<>(way.size());
        boolean same = true;
        for (Fetched structure : way) {
            Fetched next = structure.aged(submitted);
            same &= next == structure;
            older.add(next);
        }
        return same ? this : new PartialWalk(request, older, content);
    }

    /** Whether hardware can do with this everything that it can with {@code other}, which has the same content. */
    boolean isAtLeast(PartialWalk other) {
        for (int n = 0; n < way.size(); n++) {
            Fetched mine = way.get(n);
            Fetched its = other.way.get(n);
            if ((mine.since() & ~its.since()) != 0 || (its.fresh() & ~mine.fresh()) != 0) {
                return false;
            }
        }
        return true;
    }
}
