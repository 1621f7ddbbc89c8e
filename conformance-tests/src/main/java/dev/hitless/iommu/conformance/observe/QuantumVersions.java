package dev.hitless.iommu.conformance.observe;

import java.util.Arrays;

/** Combines versions of the words of a quantum: all words are read at one instant. */
final class QuantumVersions {
    private final WordHistory[] parts;
    private final int[] picked;
    private int count;
    private long[] values = new long[0];
    private int[] from = new int[0];
    private int[] until = new int[0];
    private byte[] state = new byte[0];

    QuantumVersions(WordHistory[] parts) {
        this.parts = parts;
        this.picked = new int[parts.length];
    }

    VersionSet combine() {
        pick(0, 0, VersionSet.NEVER);
        return new VersionSet(parts.length, count, values, from, until, state);
    }

    private void pick(int word, int lowest, int highest) {
        if (word == parts.length) {
            add(lowest, highest);
            return;
        }
        WordHistory history = parts[word];
        for (int v = 0; v < history.count; v++) {
            int low = Math.max(lowest, history.from[v]);
            int high = Math.min(highest, history.until[v]);
            picked[word] = v;
            if (low < high && changesTogether(word)) {
                pick(word + 1, low, high);
            }
        }
    }

    /** Words written by one store change together: no new one beside one that the same store replaced. */
    private boolean changesTogether(int word) {
        WordHistory last = parts[word];
        int made = last.madeBy[picked[word]];
        int replaced = last.replacedBy(picked[word]);
        for (int earlier = 0; earlier < word; earlier++) {
            WordHistory other = parts[earlier];
            if ((made >= 0 && made == other.replacedBy(picked[earlier]))
                    || (replaced >= 0 && replaced == other.madeBy[picked[earlier]])) {
                // Zeroing at allocation is one store per word, though one event.
                if (!(other.state[0] == VersionSet.UNDEFINED && isAllocation(made, replaced, other))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isAllocation(int made, int replaced, WordHistory other) {
        return made == other.madeBy[0] || replaced == other.madeBy[0];
    }

    private void add(int low, int high) {
        int words = parts.length;
        values = Arrays.copyOf(values, (count + 1) * words);
        from = Arrays.copyOf(from, count + 1);
        until = Arrays.copyOf(until, count + 1);
        state = Arrays.copyOf(state, count + 1);
        byte worst = VersionSet.DEFINED;
        for (int w = 0; w < words; w++) {
            values[count * words + w] = parts[w].value[picked[w]];
            worst = (byte) Math.max(worst, parts[w].state[picked[w]]);
        }
        from[count] = low;
        until[count] = high;
        state[count] = worst;
        count++;
    }
}
