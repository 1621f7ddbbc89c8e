package dev.hitless.iommu.driver.support.update;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which values of each unit hardware can read at which instant while a plan is carried out. Instant t is the time right
 * after step t; -1 is before the first.
 *
 * <pre>
 *  store of version k at step i, next store at step j, barrier for that at step b:
 *
 *      i .............. j ............ b        version k can be read in [i, b)
 *      |  version k     |  k or k + 1  |  k + 1
 * </pre>
 */
final class EntryHistory {
    /** One value of a unit: content as a whole, of which only the unit counts. Readable in [start, end). */
    private record Version(EntryContent content, int start, int end) {}

    /** A question that comes up again and again. */
    private record Read(int first, int words, int instant) {}

    private static final int NEVER = Integer.MAX_VALUE;

    private final EntryLayout layout;
    private final UpdatePlan plan;
    private final int unitWords;
    private final List<List<Version>> versionsOfUnit = new ArrayList<>();
    private final Map<Read, List<EntryContent>> known = new HashMap<>();

    EntryHistory(EntryLayout layout, UpdatePlan plan) {
        this.layout = layout;
        this.plan = plan;
        boolean swapsLeaf = plan.steps().stream().anyMatch(PlanStep.SwapLeaf.class::isInstance);
        int widestStore = plan.steps().stream()
                .mapToInt(step -> step instanceof PlanStep.StoreUnit store ? store.words() : 1)
                .max()
                .orElse(1);
        this.unitWords = swapsLeaf ? layout.words() : widestStore;
        for (int first = 0; first < layout.words(); first += unitWords) {
            versionsOfUnit.add(versions(first));
        }
    }

    private List<Version> versions(int first) {
        List<Version> versions = new ArrayList<>();
        EntryContent content = plan.from();
        int start = Integer.MIN_VALUE;
        for (int i = 0; i < plan.steps().size(); i++) {
            PlanStep step = plan.steps().get(i);
            if (step instanceof PlanStep.StoreUnit store && store.firstWord() == first) {
                versions.add(new Version(content, start, visibleForCertain(i, first)));
                content = store.content();
                start = i;
            } else if (step instanceof PlanStep.SwapLeaf swap) {
                // Each leaf is complete before it can be reached, and the pointer is one word with a barrier of its
                // own.
                versions.add(new Version(content, start, i));
                content = swap.content();
                start = i;
            }
        }
        versions.add(new Version(content, start, NEVER));
        return versions;
    }

    /** Step from which on the store at {@code index} cannot be missed any more. */
    private int visibleForCertain(int index, int firstWord) {
        boolean cleaned = layout.snooped();
        for (int i = index + 1; i < plan.steps().size(); i++) {
            PlanStep step = plan.steps().get(i);
            if (step instanceof PlanStep.CleanCache clean
                    && clean.firstWord() <= firstWord
                    && firstWord + unitWords <= clean.firstWord() + clean.words()) {
                cleaned = true;
            } else if (step instanceof PlanStep.PublishBarrier && cleaned) {
                return i;
            }
        }
        return NEVER;
    }

    /** Everything that {@code words} words from {@code first} can be read as at {@code instant}; zero elsewhere. */
    List<EntryContent> readable(int first, int words, int instant) {
        return known.computeIfAbsent(new Read(first, words, instant), this::findReadable);
    }

    private List<EntryContent> findReadable(Read read) {
        List<EntryContent> results = List.of(EntryContent.zero(layout.words()));
        int end = read.first + read.words;
        for (int unit = read.first / unitWords; unit <= (end - 1) / unitWords; unit++) {
            int from = Math.max(read.first, unit * unitWords);
            int to = Math.min(end, (unit + 1) * unitWords);
            List<EntryContent> extended = new ArrayList<>();
            for (Version version : versionsOfUnit.get(unit)) {
                if (version.start <= read.instant && read.instant < version.end) {
                    for (EntryContent partial : results) {
                        extended.add(partial.withWords(from, to - from, version.content));
                    }
                }
            }
            results = extended;
        }
        return results;
    }
}
