package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * What devices with ATS hold in caches of their own: anything that the IOMMU could have answered at an instant not before
 * the last invalidation of the device's cache that was seen complete.
 */
final class DeviceCaches {
    private final Trace trace;
    private final InvalidationHistory invalidations;
    private final int[] growth;
    private final BiFunction<Integer, DmaRequest, Set<Outcome>> iommu;
    private final Map<Map.Entry<Integer, DmaRequest>, Set<Outcome>> answers = new HashMap<>();
    private final Map<String, int[]> switches = new HashMap<>();

    DeviceCaches(
            Trace trace,
            InvalidationHistory invalidations,
            int[] growth,
            BiFunction<Integer, DmaRequest, Set<Outcome>> iommu) {
        this.trace = trace;
        this.invalidations = invalidations;
        this.growth = growth;
        this.iommu = iommu;
    }

    /** Adds what {@code request}, a translation request, can be served with by the device itself at {@code instant}. */
    void addTo(Set<Outcome> outcomes, int instant, DmaRequest request, String device) {
        int since = onSince(device, instant);
        if (since < 0) {
            return;
        }
        int need = request.write() ? Translation.WRITE : Translation.READ;
        for (Outcome answer : answersAt(instant, request)) {
            boolean useless = answer.isTranslated() && (answer.permissions() & need) == 0;
            outcomes.add(useless ? Outcome.defect(Outcome.Kind.PERMISSION, "the answer does not allow it") : answer);
        }
        for (int filled : fillInstants(since, instant, request)) {
            for (Outcome answer : answersAt(filled, request)) {
                if (answer.isTranslated() && (answer.permissions() & need) != 0) {
                    outcomes.add(answer);
                }
            }
        }
    }

    /**
     * Instants whose answers, taken together, are all that can be held: answers only become fewer between instants of
     * growth, so the first that counts and every instant of growth after it suffice.
     */
    private Set<Integer> fillInstants(int since, int instant, DmaRequest request) {
        CacheKind cache = trace.walker().deviceCache();
        long tag = trace.walker().deviceTag(request);
        int first = since;
        for (int i = 0; i < invalidations.count(); i++) {
            if (invalidations.observed(i) <= instant
                    && invalidations.submitted(i) > first
                    && invalidations.covers(i, cache, tag, request.iova(), 1)) {
                first = invalidations.submitted(i);
            }
        }
        Set<Integer> instants = new TreeSet<>();
        instants.add(first);
        for (int grown : growth) {
            if (grown > first && grown <= instant) {
                instants.add(grown);
            }
        }
        return instants;
    }

    private Set<Outcome> answersAt(int instant, DmaRequest request) {
        DmaRequest reading = new DmaRequest(request.requesterId(), request.pasid(), request.iova(), false, true);
        return answers.computeIfAbsent(Map.entry(instant, reading), key -> iommu.apply(instant, reading));
    }

    /** Since when the device's ATS has been on at {@code instant}; -1 if it is off. */
    private int onSince(String device, int instant) {
        int[] at = switches.computeIfAbsent(device, this::switchesOf);
        return at[instant];
    }

    private int[] switchesOf(String device) {
        List<TraceEvent> events = trace.events();
        int[] since = new int[events.size()];
        int on = trace.atsOn().contains(device) ? 0 : -1;
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) instanceof TraceEvent.FunctionControl control
                    && control.feature() == TraceEvent.FunctionControl.Feature.ATS
                    && control.device().equals(device)) {
                on = !control.enabled() ? -1 : on >= 0 ? on : i;
            } else if (events.get(i) instanceof TraceEvent.Vanished vanished
                    && vanished.device().equals(device)) {
                on = -1;
            }
            since[i] = on;
        }
        return since;
    }
}
