package dev.hitless.iommu.driver.support.update;

import java.util.ArrayList;
import java.util.List;

/**
 * What stands between two contents of an entry, unit by unit. A unit is what one store writes and one read certainly
 * returns whole.
 *
 * @param interim {@code from} with every bit that it does not use already set as in {@code to}; acts like {@code from}
 * @param criticalUnits units that are still not what {@code to} needs then
 */
record EntryComparison(EntryContent interim, List<Integer> criticalUnits) {
    /**
     * Compares.
     *
     * <p>Interim keeps the bits that hardware looks at now. Bits that both use but that may be mixed are not kept. Every
     * mixture of units of {@code from} and interim agrees with {@code from} on all bits that it uses, so it acts like
     * {@code from}.
     */
    static EntryComparison of(EntryLayout layout, int unitWords, EntryContent from, EntryContent to) {
        return of(layout, unitWords, from, layout.used(from), to, layout.used(to));
    }

    /** As if tags that may change by themselves were not used. */
    static EntryComparison withFreeTags(EntryLayout layout, int unitWords, EntryContent from, EntryContent to) {
        EntryContent usedNow = layout.used(from).andNot(layout.tagAhead(from, to));
        EntryContent usedThen = layout.used(to).andNot(layout.tagAfterwards(from, to));
        return of(layout, unitWords, from, usedNow, to, usedThen);
    }

    private static EntryComparison of(
            EntryLayout layout,
            int unitWords,
            EntryContent from,
            EntryContent usedNow,
            EntryContent to,
            EntryContent usedThen) {
        EntryContent mayMix = layout.harmless(from, to).and(usedNow).and(usedThen);
        EntryContent keep = usedNow.andNot(mayMix);
        EntryContent interim = from.and(keep).or(to.andNot(keep));
        EntryContent missing = interim.and(usedThen).xor(to.and(usedThen));
        List<Integer> critical = new ArrayList<>();
        for (int unit = 0; unit < layout.words() / unitWords; unit++) {
            for (int word = unit * unitWords; word < (unit + 1) * unitWords; word++) {
                if (missing.word(word) != 0) {
                    critical.add(unit);
                    break;
                }
            }
        }
        return new EntryComparison(interim, critical);
    }

    /** Whether one store, or none, can make the difference. */
    boolean oneStoreSwitches() {
        return criticalUnits.size() <= 1;
    }
}
