package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The words of an entry, or a mask over them. Immutable; equal if all words are. */
public final class EntryContent {
    private final long[] words;

    private EntryContent(long[] words) {
        this.words = words;
    }

    /** An entry of these 64-bit words, lowest address first. */
    public static EntryContent of(long... words) {
        return new EntryContent(words.clone());
    }

    /** An entry of {@code words} zeroes. */
    public static EntryContent zero(int words) {
        return new EntryContent(new long[words]);
    }

    /** What memory holds at {@code address} now. */
    public static EntryContent load(PhysicalMemory memory, long address, int words) {
        long[] loaded = new long[words];
        for (int i = 0; i < words; i++) {
            loaded[i] = memory.load64(address + 8L * i);
        }
        return new EntryContent(loaded);
    }

    /** Number of words. */
    public int length() {
        return words.length;
    }

    /** Word {@code index}. */
    public long word(int index) {
        return words[index];
    }

    /** A copy of the words. */
    public long[] toArray() {
        return words.clone();
    }

    /** This with word {@code index} replaced. */
    public EntryContent withWord(int index, long value) {
        long[] copy = words.clone();
        copy[index] = value;
        return new EntryContent(copy);
    }

    /** This with {@code count} words from {@code first} taken from {@code source}. */
    public EntryContent withWords(int first, int count, EntryContent source) {
        long[] copy = words.clone();
        System.arraycopy(source.words, first, copy, first, count);
        return new EntryContent(copy);
    }

    /** Bits that are set in both. */
    public EntryContent and(EntryContent mask) {
        return combine(mask, (a, b) -> a & b);
    }

    /** Bits that are set in this but not in {@code mask}. */
    public EntryContent andNot(EntryContent mask) {
        return combine(mask, (a, b) -> a & ~b);
    }

    /** Bits that are set in either. */
    public EntryContent or(EntryContent other) {
        return combine(other, (a, b) -> a | b);
    }

    /** Bits that differ. */
    public EntryContent xor(EntryContent other) {
        return combine(other, (a, b) -> a ^ b);
    }

    /** Whether no bit is set. */
    public boolean isZero() {
        return Arrays.stream(words).allMatch(word -> word == 0);
    }

    /** Whether {@code count} words from {@code first} are the same in both. */
    public boolean sameWords(int first, int count, EntryContent other) {
        return Arrays.equals(words, first, first + count, other.words, first, first + count);
    }

    private EntryContent combine(EntryContent other, java.util.function.LongBinaryOperator operator) {
        if (other.words.length != words.length) {
            throw new IllegalArgumentException(
                    "entries of " + words.length + " and " + other.words.length + " words do not combine");
        }
        long[] result = new long[words.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = operator.applyAsLong(words[i], other.words[i]);
        }
        return new EntryContent(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryContent content && Arrays.equals(words, content.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    /** The words in hexadecimal, lowest address first. */
    @Override
    public String toString() {
        return Arrays.stream(words).mapToObj(Long::toHexString).collect(Collectors.joining(" ", "[", "]"));
    }
}
