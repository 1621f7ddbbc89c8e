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
    private int[] made = new int[0];
    private int[] replacedBeside = new int[0];

    QuantumVersions(WordHistory[] parts) {
        this.parts = parts;
        this.picked = new int[parts.length];
    }

    VersionSet combine() {
        pick(0, 0, VersionSet.NEVER);
        return new VersionSet(parts.length, count, values, from, until, state, made, replacedBeside);
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

    /** Words written by one store change together: both have a version of it or later, or neither has. */
    private boolean changesTogether(int word) {
        WordHistory last = parts[word];
        for (int earlier = 0; earlier < word; earlier++) {
            WordHistory other = parts[earlier];
            for (int v = 1; v < last.count; v++) {
                int same = other.madeBy(last.madeBy[v]);
                // Zeroing at allocation is one store per word, though one event; so is whatever follows a free.
                boolean oneStore = same > 0 && last.madeBy[v] != last.madeBy[0] && last.state[v] != VersionSet.FREED;
                if (oneStore && (picked[word] >= v) != (picked[earlier] >= same)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void add(int low, int high) {
        int words = parts.length;
        values = Arrays.copyOf(values, (count + 1) * words);
        from = Arrays.copyOf(from, count + 1);
        until = Arrays.copyOf(until, count + 1);
        state = Arrays.copyOf(state, count + 1);
        made = Arrays.copyOf(made, count + 1);
        replacedBeside = Arrays.copyOf(replacedBeside, count + 1);
        byte worst = VersionSet.DEFINED;
        for (int w = 0; w < words; w++) {
            values[count * words + w] = parts[w].value[picked[w]];
            worst = (byte) Math.max(worst, parts[w].state[picked[w]]);
        }
        from[count] = low;
        until[count] = high;
        state[count] = worst;
        made[count] = parts[0].madeBy[picked[0]];
        replacedBeside[count] = words == 1 ? parts[0].replacedByPair(picked[0]) : VersionSet.NEVER;
        count++;
    }
}
