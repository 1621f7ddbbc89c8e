package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the IOMMU's own caches can hold for whoever looks under the right tag.
 *
 * <p>A translation is finished at some instant {@code f}, by a walk that takes place then, and stays until an invalidation
 * drops it. Which {@code f} matter: those at which something can be read for the first time, and those at which a command
 * is submitted. Whatever a walk can come to at any other instant, it could come to at the last of these before as well
 * (what was readable since then is readable then), and no command tells the two apart.
 *
 * <p>What is met on the way of a walk that ends otherwise is no translation, and not kept: it is met at the instant itself.
 */
final class SharedCaches {
    private final Walker walker;
    private final BranchingReader reader;
    private final List<Stream> streams;
    private final long[] iovas;
    private final @Nullable SteadyWalk[][] steady;
    private final TreeSet<Integer> fillInstants = new TreeSet<>();
    private final Map<Integer, Fill> fills = new HashMap<>();
    private final Map<Integer, CachedTranslations> known = new HashMap<>();
    private final Translation translation = new Translation();
    private long observations;

    /**
     * @param growth instants at which something can be read for the first time
     * @param steady the walks that never change, by stream and address
     */
    SharedCaches(
            Walker walker,
            BranchingReader reader,
            InvalidationHistory invalidations,
            int[] growth,
            List<Stream> streams,
            long[] iovas,
            @Nullable SteadyWalk[][] steady) {
        this.walker = walker;
        this.reader = reader;
        this.streams = streams;
        this.iovas = iovas;
        this.steady = steady;
        for (int instant : growth) {
            fillInstants.add(instant);
        }
        for (int i = 0; i < invalidations.count(); i++) {
            fillInstants.add(invalidations.submitted(i));
        }
    }

    /** Walks evaluated so far. */
    long observations() {
        return observations;
    }

    /** What can be found at {@code instant}. Not to be changed. */
    CachedTranslations at(int instant) {
        CachedTranslations there = known.get(instant);
        if (there == null) {
            there = find(instant);
            known.put(instant, there);
        }
        return there;
    }

    private CachedTranslations find(int instant) {
        CachedTranslations there = new CachedTranslations();
        for (int stream = 0; stream < streams.size(); stream++) {
            for (int iova = 0; iova < iovas.length; iova++) {
                SteadyWalk walk = steady[stream][iova];
                if (walk != null) {
                    keep(walk, streams.get(stream), iovas[iova], there);
                }
            }
        }
        fillAt(instant).keepEnds(there);
        fillAt(instant).keepTranslations(instant, there);
        for (int filled : fillInstants.headSet(instant)) {
            fillAt(filled).keepTranslations(instant, there);
        }
        return there;
    }

    private static void keep(SteadyWalk walk, Stream stream, long iova, CachedTranslations into) {
        CacheKind cache = walk.translation().cache();
        if (cache != null && !walk.translation().isFault()) {
            into.add(cache, walk.translation().tag(), iova, walk.translation(), stream);
        } else if (walk.translation().isFault()) {
            // Under its own tag only: an entry of a table that is not shared is not found under a wider tag.
            walk.lookups().stream()
                    .limit(1)
                    .forEach(own -> into.addFault(own.cache(), own.tag(), iova, walk.translation()));
        }
    }

    private Fill fillAt(int instant) {
        Fill fill = fills.get(instant);
        if (fill == null) {
            fill = new Fill();
            for (int stream = 0; stream < streams.size(); stream++) {
                for (int iova = 0; iova < iovas.length; iova++) {
                    if (steady[stream][iova] == null) {
                        walk(instant, streams.get(stream), iovas[iova], fill);
                    }
                }
            }
            fills.put(instant, fill);
        }
        return fill;
    }

    private void walk(int instant, Stream stream, long iova, Fill into) {
        reader.begin(instant, null);
        do {
            try {
                walker.translate(stream.request(iova, false, false), reader, translation);
                CacheKind cache = translation.cache();
                if (cache != null && !translation.isFault()) {
                    int goneAt = reader.finishKept(cache, translation);
                    if (goneAt > instant) {
                        observations++;
                        into.add(stream, iova, cache, translation, goneAt);
                    }
                } else if (reader.finish(translation)) {
                    observations++;
                    keepEnd(iova, into);
                }
            } catch (BranchingReader.Poisoned poisoned) {
                CacheKind cache = reader.lookedUp();
                if (cache != null && reader.pagingStructureUsed()) {
                    into.ends.addDefect(cache, reader.lookedUpTag(), iova, poisoned);
                }
            } catch (BranchingReader.Abandoned abandoned) {
                continue;
            }
        } while (reader.next());
    }

    /** Keeps a fault for those who find the same entry of a page table under the same tag. */
    private void keepEnd(long iova, Fill into) {
        CacheKind lookedUp = reader.lookedUp();
        if (translation.isFault() && lookedUp != null && reader.pagingStructureUsed()) {
            into.ends.addFault(lookedUp, reader.lookedUpTag(), iova, translation);
        }
    }

    /** What walks at one instant come to. */
    private static final class Fill {
        private final List<Kept> kept = new ArrayList<>();
        final CachedTranslations ends = new CachedTranslations();

        /** A translation, for whom it was made, and from when on it is certainly gone. */
        private record Kept(Stream stream, long iova, CacheKind cache, Translation translation, int goneAt) {}

        void add(Stream stream, long iova, CacheKind cache, Translation found, int goneAt) {
            Translation copy = new Translation();
            copy.set(found);
            kept.add(new Kept(stream, iova, cache, copy, goneAt));
        }

        void keepTranslations(int instant, CachedTranslations into) {
            for (Kept one : kept) {
                if (one.goneAt() > instant) {
                    into.add(one.cache(), one.translation().tag(), one.iova(), one.translation(), one.stream());
                }
            }
        }

        void keepEnds(CachedTranslations into) {
            into.addWalks(ends);
        }
    }
}
