package dev.hitless.iommu.hardware;

import java.util.Objects;

/**
 * How the hardware fetches one kind of structure. Every property has a source, named where the constant is defined.
 *
 * @param name for people, for example {@code PASID entry}
 * @param words length in 64-bit words
 * @param quantumWords largest unit that is certainly read at once, in 64-bit words: 1, 2, 4 or 8, dividing {@code words}
 * @param order in which order quanta may be read
 * @param validWord index of the word that holds the valid bit; matters for {@link FetchOrder#VALID_FIRST}
 * @param snooped whether the fetch snoops the CPU's caches; if not, stores are visible only after cleaning
 */
public record StructureKind(
        String name, int words, int quantumWords, FetchOrder order, int validWord, boolean snooped) {
    /** In which order the quanta of a structure are read. */
    public enum FetchOrder {
        /** Any order: one read before the entry was valid may be combined with a valid bit read later. */
        ANY,
        /** No quantum is read before the one with the valid bit was read as valid. */
        VALID_FIRST,
        /** The structure is one quantum. */
        WHOLE
    }

    public StructureKind {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(order, "order");
        if (words < 1 || quantumWords < 1 || words % quantumWords != 0 || validWord < 0 || validWord >= words) {
            throw new IllegalArgumentException("structure " + name + ": " + words + " words in quanta of "
                    + quantumWords + ", valid bit in word " + validWord);
        }
        if (order == FetchOrder.WHOLE && words != quantumWords) {
            throw new IllegalArgumentException("structure " + name + " is fetched whole, yet in several quanta");
        }
    }

    /** The same structure, fetched with or without snooping. */
    public StructureKind withSnooped(boolean value) {
        return new StructureKind(name, words, quantumWords, order, validWord, value);
    }
}
