package dev.hitless.iommu.driver.support.update;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * Looks for a way from one content of an entry to another through everything that given values of its words can make, such
 * that hardware never acts on a content that is not allowed. Finds one if there is one: what {@link UpdatePlanner} knows is
 * a few such ways.
 *
 * <p>One unit is stored, made visible, and waited for until no copy of before is left, and then the next. That is no
 * restriction: if several units are stored between two waits, hardware may read any mixture of before and after, so every
 * such mixture has to be allowed, those among them that arise when the units are stored one by one. So there is a way
 * exactly if there is one of single stores.
 *
 * <p>For proving, not for carrying out: looks at as many contents as there are combinations of values.
 */
public final class SwitchSearch {
    /** What hardware may act on. */
    public interface Limits {
        /** Whether hardware may act on {@code content}. */
        boolean allow(EntryContent content);

        /** Whether hardware may act on both in turns, while one is replaced by the other. */
        boolean allowTogether(EntryContent one, EntryContent other);
    }

    private final int unitWords;
    private final List<List<EntryContent>> values;
    private final Limits limits;
    private final Map<EntryContent, Boolean> allowed = new HashMap<>();

    /**
     * @param unitWords words that hardware certainly reads, and a store certainly writes, at once
     * @param values for each unit the values to try; of each content only the words of the unit count
     */
    public SwitchSearch(int unitWords, List<List<EntryContent>> values, Limits limits) {
        this.unitWords = unitWords;
        this.values = values.stream().map(List::copyOf).toList();
        this.limits = limits;
    }

    /**
     * The contents to go through, one store apart, with as few stores as possible.
     *
     * @return from {@code from} to {@code to}, both included; empty if there is no way
     */
    public Optional<List<EntryContent>> fewestStores(EntryContent from, EntryContent to) {
        Map<EntryContent, EntryContent> cameFrom = new HashMap<>();
        Queue<EntryContent> open = new ArrayDeque<>(List.of(from));
        cameFrom.put(from, from);
        while (!open.isEmpty()) {
            EntryContent here = open.remove();
            if (here.equals(to)) {
                return Optional.of(path(cameFrom, from, to));
            }
            for (EntryContent next : oneStoreAway(here)) {
                if (!cameFrom.containsKey(next) && isAllowed(next) && limits.allowTogether(here, next)) {
                    cameFrom.put(next, here);
                    open.add(next);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Fewer waits for the same stores: those of which every mixture is allowed need no wait between them.
     *
     * @param path as {@link #fewestStores} returns it
     * @return the contents that are waited for, without the first of {@code path}
     */
    public List<EntryContent> waits(List<EntryContent> path) {
        List<EntryContent> waits = new ArrayList<>();
        int start = 0;
        for (int i = 2; i < path.size(); i++) {
            if (!mayMix(path.get(start), path.get(i))) {
                start = i - 1;
                waits.add(path.get(start));
            }
        }
        if (path.size() > 1) {
            waits.add(path.get(path.size() - 1));
        }
        return waits;
    }

    /** Contents looked at so far. */
    public int contents() {
        return allowed.size();
    }

    /** Whether hardware may act on every mixture of units of the two. */
    public boolean mayMix(EntryContent one, EntryContent other) {
        List<EntryContent> mixtures = List.of(one);
        for (int unit = 0; unit < values.size(); unit++) {
            if (!one.sameWords(unit * unitWords, unitWords, other)) {
                List<EntryContent> more = new ArrayList<>(mixtures);
                for (EntryContent mixture : mixtures) {
                    more.add(mixture.withWords(unit * unitWords, unitWords, other));
                }
                mixtures = more;
            }
        }
        for (EntryContent mixture : mixtures) {
            for (EntryContent second : mixtures) {
                if (!isAllowed(mixture) || !limits.allowTogether(mixture, second)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isAllowed(EntryContent content) {
        return allowed.computeIfAbsent(content, limits::allow);
    }

    private List<EntryContent> oneStoreAway(EntryContent here) {
        List<EntryContent> away = new ArrayList<>();
        for (int unit = 0; unit < values.size(); unit++) {
            for (EntryContent value : values.get(unit)) {
                if (!here.sameWords(unit * unitWords, unitWords, value)) {
                    away.add(here.withWords(unit * unitWords, unitWords, value));
                }
            }
        }
        return away;
    }

    private static List<EntryContent> path(
            Map<EntryContent, EntryContent> cameFrom, EntryContent from, EntryContent to) {
        List<EntryContent> path = new ArrayList<>();
        for (EntryContent content = to; !content.equals(from); content = cameFrom.getOrDefault(content, from)) {
            path.add(0, content);
        }
        path.add(0, from);
        return path;
    }
}
