package dev.hitless.iommu.driver.support.update;

import java.util.List;
import java.util.stream.Collectors;

/** One step of a plan. Steps are carried out in order, each finished before the next. */
public sealed interface PlanStep {
    /**
     * Writes one unit of the entry with one store.
     *
     * @param firstWord index of its first word
     * @param words words stored, 1 or 2
     * @param content the entry as it is afterwards
     */
    record StoreUnit(int firstWord, int words, EntryContent content) implements PlanStep {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("store ");
            for (int i = firstWord; i < firstWord + words; i++) {
                text.append(i == firstWord ? "" : ", ")
                        .append("word ")
                        .append(i)
                        .append(" = 0x")
                        .append(Long.toHexString(content.word(i)));
            }
            return text.toString();
        }
    }

    /**
     * Writes part of the entry back to memory, for hardware that does not snoop.
     *
     * @param firstWord index of the first word
     * @param words number of words
     */
    record CleanCache(int firstWord, int words) implements PlanStep {
        @Override
        public String toString() {
            return words == 1 ? "clean word " + firstWord : "clean words " + firstWord + ".." + (firstWord + words - 1);
        }
    }

    /** Orders earlier stores before later ones and makes them visible. */
    record PublishBarrier() implements PlanStep {
        @Override
        public String toString() {
            return "barrier";
        }
    }

    /** Copies the leaf with this entry changed and switches the pointer above it; see {@link LeafSwap}. */
    record SwapLeaf(EntryContent content) implements PlanStep {
        @Override
        public String toString() {
            return "swap leaf for a copy with " + content;
        }
    }

    /**
     * Has hardware drop cached copies, and waits until it has.
     *
     * @param scope which cache
     * @param tagged contents whose tags the copies to be dropped carry: the one that was replaced, and, if copies are
     *     dropped by tag, the one that comes next
     * @param current the entry as it is in memory
     */
    record Invalidate(CacheScope scope, List<EntryContent> tagged, EntryContent current) implements PlanStep {
        public Invalidate {
            tagged = List.copyOf(tagged);
        }

        /** The content that was replaced. */
        public EntryContent replaced() {
            return tagged.get(0);
        }

        @Override
        public String toString() {
            return "invalidate " + scope.label() + " of "
                    + tagged.stream().map(EntryContent::toString).collect(Collectors.joining(" and ")) + " and wait";
        }
    }
}
