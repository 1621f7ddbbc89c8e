package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers, for one trace: what can a request meet at an instant, and what can be left in the caches then.
 *
 * <p>Requests of <em>all</em> streams fill the shared caches, so all streams and all probed addresses are given at once.
 * Not thread safe; cheap to make.
 */
public final class Observer {
    private final Walker walker;
    private final List<Stream> streams;
    private final long[] iovas;
    private final BranchingReader reader;
    private final Translation translation = new Translation();
    private final Map<Integer, CachedTranslations> cachedAt = new HashMap<>();
    private final DeviceCaches deviceCaches;
    private final int[] growth;
    private long observations;

    /**
     * @param streams every stream whose requests can fill caches
     * @param iovas every probed address
     */
    public Observer(Trace trace, List<Stream> streams, long[] iovas, Assumptions assumptions) {
        this.walker = trace.walker();
        this.streams = List.copyOf(streams);
        this.iovas = iovas.clone();
        MemoryHistory memory = new MemoryHistory(trace, assumptions);
        InvalidationHistory invalidations = new InvalidationHistory(trace, assumptions);
        this.reader = new BranchingReader(memory, invalidations);
        this.growth = GrowthInstants.of(trace, memory, streams, iovas);
        this.deviceCaches = new DeviceCaches(trace, invalidations, growth, this::serveAlone);
    }

    /**
     * The instants that matter: at all others the set of outcomes can only be a part of that of the instant before, since
     * no new version of anything has appeared. The first is 0, the last the end of the trace.
     */
    public int[] instants() {
        return growth.clone();
    }

    /** Distinct combinations of an instant, a request and versions read that were evaluated so far. */
    public long observations() {
        return observations;
    }

    /**
     * Everything that a request can meet at {@code instant}.
     *
     * @param instant 0 .. index of the trace's last event
     */
    public Set<Outcome> outcomes(int instant, Stream stream, long iova, boolean write) {
        Set<Outcome> outcomes = new HashSet<>();
        serve(instant, stream.request(iova, write, false), outcomes);
        deviceCaches.addTo(outcomes, instant, stream.request(iova, write, true), stream.device());
        return outcomes;
    }

    /** Finished translations that the IOMMU may hold at {@code instant}. */
    public List<CachedTranslation> cached(int instant) {
        return List.copyOf(cachedTranslations(instant).all());
    }

    private void serve(int instant, DmaRequest request, Set<Outcome> into) {
        CachedTranslations cached = cachedTranslations(instant);
        reader.begin(instant, cached);
        do {
            try {
                walker.translate(request, reader, translation);
                if (reader.finish(translation)) {
                    observations++;
                    walker.admit(request, translation);
                    into.add(Outcome.of(translation, request.iova()));
                }
            } catch (BranchingReader.Poisoned poisoned) {
                observations++;
                into.add(Outcome.defect(poisoned.kind, ""));
            } catch (BranchingReader.Abandoned abandoned) {
                // Not a schedule that the rules allow.
                continue;
            }
        } while (reader.next());
        addConflicts(cached, request, into);
    }

    /** Contradictory translations of one address in the cache: the architecture says nothing of what happens. */
    private void addConflicts(CachedTranslations cached, DmaRequest request, Set<Outcome> into) {
        List<CachedTranslation> all = cached.all();
        for (int i = 0; i < all.size(); i++) {
            CachedTranslation first = all.get(i);
            if (first.iova() != request.iova()) {
                continue;
            }
            for (int j = i + 1; j < all.size(); j++) {
                CachedTranslation second = all.get(j);
                if (second.iova() == first.iova()
                        && second.tag() == first.tag()
                        && second.cache().equals(first.cache())
                        && (belongs(first, request) || belongs(second, request))
                        && walker.conflict(first.translation(), second.translation())) {
                    into.add(Outcome.defect(
                            Outcome.Kind.CONFLICT, first.translation() + " beside " + second.translation()));
                }
            }
        }
    }

    private static boolean belongs(CachedTranslation cached, DmaRequest request) {
        return cached.filledBy().requesterId() == request.requesterId()
                && cached.filledBy().pasid() == request.pasid();
    }

    private CachedTranslations cachedTranslations(int instant) {
        CachedTranslations known = cachedAt.get(instant);
        if (known == null) {
            known = new CachedTranslations();
            for (Stream stream : streams) {
                for (long iova : iovas) {
                    fill(instant, stream, iova, known);
                }
            }
            cachedAt.put(instant, known);
        }
        return known;
    }

    private void fill(int instant, Stream stream, long iova, CachedTranslations into) {
        DmaRequest request = stream.request(iova, false, false);
        reader.begin(instant, null);
        do {
            try {
                walker.translate(request, reader, translation);
                if (reader.finish(translation)) {
                    observations++;
                    keep(stream, iova, into);
                }
            } catch (BranchingReader.Poisoned poisoned) {
                CacheKind cache = reader.lookedUp();
                if (cache != null && reader.pagingStructureUsed()) {
                    into.addDefect(cache, reader.lookedUpTag(), iova, poisoned);
                }
            } catch (BranchingReader.Abandoned abandoned) {
                continue;
            }
        } while (reader.next());
    }

    /** Keeps a translation, and a fault for those who find the same entry of a page table under the same tag. */
    private void keep(Stream stream, long iova, CachedTranslations into) {
        CacheKind cache = translation.cache();
        CacheKind lookedUp = reader.lookedUp();
        if (cache != null && !translation.isFault()) {
            into.add(cache, translation.tag(), iova, translation, stream);
        } else if (translation.isFault() && lookedUp != null && reader.pagingStructureUsed()) {
            into.addFault(lookedUp, reader.lookedUpTag(), iova, translation);
        }
    }

    private Set<Outcome> serveAlone(int instant, DmaRequest request) {
        Set<Outcome> outcomes = new HashSet<>();
        serve(instant, request, outcomes);
        return outcomes;
    }
}
