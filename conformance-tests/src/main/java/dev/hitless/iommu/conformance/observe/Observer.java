package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers, for one trace: what can a request meet at an instant, and what can be left in the caches then.
 *
 * <p>Requests of <em>all</em> streams fill the shared caches, so all streams and all probed addresses are given at once.
 * Not thread safe; cheap to make.
 */
public final class Observer {
    private final Trace trace;
    private final Walker walker;
    private final List<Stream> streams;
    private final long[] iovas;
    private final BranchingReader reader;
    private final Translation translation = new Translation();
    private final SharedCaches sharedCaches;
    private final DeviceCaches deviceCaches;
    private final int[] growth;
    private final @Nullable SteadyWalk[][] steady;
    private final Map<DmaRequest, Set<Outcome>> always = new HashMap<>();
    private long observations;

    /**
     * @param streams every stream whose requests can fill caches
     * @param iovas every probed address
     */
    public Observer(Trace trace, List<Stream> streams, long[] iovas, Assumptions assumptions) {
        this.trace = trace;
        this.walker = trace.walker();
        this.streams = List.copyOf(streams);
        this.iovas = iovas.clone();
        MemoryHistory memory = new MemoryHistory(trace, assumptions);
        InvalidationHistory invalidations = new InvalidationHistory(trace, assumptions);
        this.reader = new BranchingReader(memory, invalidations);
        Reach reach = new Reach(trace, memory, streams, iovas);
        this.growth = reach.instants();
        this.steady = steadyWalks(reach);
        this.sharedCaches = new SharedCaches(walker, reader, invalidations, growth, this.streams, this.iovas, steady);
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
        return observations + sharedCaches.observations();
    }

    private @Nullable SteadyWalk[][] steadyWalks(Reach reach) {
        @Nullable SteadyWalk[][] walks = new SteadyWalk[streams.size()][iovas.length];
        for (int stream = 0; stream < streams.size(); stream++) {
            for (int iova = 0; iova < iovas.length; iova++) {
                if (reach.isSteady(stream, iova)) {
                    walks[stream][iova] = steadyWalk(streams.get(stream).request(iovas[iova], false, false));
                }
            }
        }
        return walks;
    }

    private @Nullable SteadyWalk steadyWalk(DmaRequest request) {
        reader.begin(0, null);
        try {
            Translation result = new Translation();
            walker.translate(request, reader, result);
            if (!reader.finish(result)) {
                return null;
            }
            observations++;
            return new SteadyWalk(result, Outcome.of(result, request.iova()), reader.lookups());
        } catch (BranchingReader.Poisoned | BranchingReader.Abandoned notSteady) {
            return null;
        }
    }

    /**
     * Whether a stream's requests for an address meet the same at every instant of the trace: their walks read nothing that
     * changes, and nobody leaves anything else under their tags. Then any instant tells all.
     */
    public boolean isUndisturbed(Stream stream, long iova) {
        return !alwaysOutcomes(stream, iova, false).isEmpty();
    }

    /** What is met at every instant; empty if that may change. */
    private Set<Outcome> alwaysOutcomes(Stream stream, long iova, boolean write) {
        return always.computeIfAbsent(stream.request(iova, write, false), request -> findAlways(stream, iova, write));
    }

    private Set<Outcome> findAlways(Stream stream, long iova, boolean write) {
        SteadyWalk walk = steadyWalk(stream, iova);
        if (walk == null) {
            return Set.of();
        }
        for (int instant : growth) {
            if (!walk.isAlone(sharedCaches.at(instant), iova)) {
                return Set.of();
            }
        }
        SteadyWalk answer = steadyWalk(stream.request(iova, false, true));
        if (answer == null || !answer.outcome().equals(walk.outcome())) {
            return Set.of();
        }
        Translation admitted = new Translation();
        admitted.set(walk.translation());
        walker.admit(stream.request(iova, write, false), admitted);
        return Set.of(Outcome.of(admitted, iova));
    }

    private @Nullable SteadyWalk steadyWalk(Stream stream, long iova) {
        int index = streams.indexOf(stream);
        for (int i = 0; index >= 0 && i < iovas.length; i++) {
            if (iovas[i] == iova) {
                return steady[index][i];
            }
        }
        return null;
    }

    /**
     * Everything that a request can meet at {@code instant}.
     *
     * @param instant 0 .. index of the trace's last event
     */
    public Set<Outcome> outcomes(int instant, Stream stream, long iova, boolean write) {
        Set<Outcome> same = alwaysOutcomes(stream, iova, write);
        if (!same.isEmpty()) {
            return same;
        }
        Set<Outcome> outcomes = new HashSet<>();
        serve(instant, stream.request(iova, write, false), outcomes);
        deviceCaches.addTo(outcomes, instant, stream.request(iova, write, true), stream.device());
        return outcomes;
    }

    /** As {@link #outcomes}, with nothing served by the device's own cache. */
    public Set<Outcome> outcomesAtIommu(int instant, Stream stream, long iova, boolean write) {
        return serveAlone(instant, stream.request(iova, write, false));
    }

    /**
     * Which other way than memory says the walk of a request may take when the trace ends, because hardware holds a copy of
     * an entry that has changed since. It may lead to the same outcome, as long as nothing else changes.
     *
     * <p>Where hardware may keep page-table entries that are not present, one of a table that is gone may still end a walk
     * that memory ends at the entry above: nothing is mapped either way, and before something is, all of them have to go.
     *
     * @return for people; empty if there is none
     */
    public Optional<String> strayPath(Stream stream, long iova) {
        if (isUndisturbed(stream, iova)) {
            return Optional.empty();
        }
        DmaRequest request = stream.request(iova, false, false);
        WalkPath right = new ImageReader(trace.after()).path(walker, request);
        WalkPath taken = new WalkPath();
        reader.notePath(taken);
        try {
            reader.begin(trace.end(), sharedCaches.at(trace.end()));
            do {
                try {
                    walker.translate(request, reader, translation);
                    if (reader.finish(translation)) {
                        observations++;
                        boolean endsTooLate = translation.faultClass() == FaultClass.NOT_MAPPED && right.follows(taken);
                        if (!taken.follows(right) && !endsTooLate) {
                            return Optional.of(taken.toString());
                        }
                    }
                } catch (BranchingReader.Poisoned | BranchingReader.Abandoned ended) {
                    continue;
                }
            } while (reader.next());
            return Optional.empty();
        } finally {
            reader.notePath(null);
        }
    }

    /** Finished translations that the IOMMU may hold at {@code instant}. */
    public List<CachedTranslation> cached(int instant) {
        return List.copyOf(sharedCaches.at(instant).all());
    }

    private void serve(int instant, DmaRequest request, Set<Outcome> into) {
        CachedTranslations cached = sharedCaches.at(instant);
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
        List<CachedTranslation> all = cached.at(request.iova());
        for (int i = 0; i < all.size(); i++) {
            CachedTranslation first = all.get(i);
            for (int j = i + 1; j < all.size(); j++) {
                CachedTranslation second = all.get(j);
                if (second.tag() == first.tag()
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

    private Set<Outcome> serveAlone(int instant, DmaRequest request) {
        Set<Outcome> outcomes = new HashSet<>();
        serve(instant, request, outcomes);
        return outcomes;
    }
}
