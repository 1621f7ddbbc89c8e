package dev.hitless.iommu.driver.support.update;

/**
 * How hardware reads and keeps an entry, for {@link PlanChecker}.
 *
 * @param quantumWords largest unit that is certainly read at once, in words
 * @param order in which order units are read
 * @param validWord index of the word with the valid bit
 * @param validBit mask of the valid bit in that word
 */
public record FetchModel(int quantumWords, Order order, int validWord, long validBit) {
    /** In which order units are read. */
    public enum Order {
        /** Any: one read before the entry was valid may be combined with a valid bit read later. */
        ANY,
        /** None before the one with the valid bit was read as valid. */
        VALID_FIRST
    }

    /** The same, with an entry of {@code words} words read at once. */
    FetchModel readWhole(int words) {
        return new FetchModel(words, order, validWord, validBit);
    }

    boolean isValid(EntryContent content) {
        return (content.word(validWord) & validBit) != 0;
    }

    int validQuantum() {
        return validWord / quantumWords;
    }
}
