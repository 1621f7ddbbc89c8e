package dev.hitless.iommu.conformance.observe;

import java.util.Arrays;

/** A set of numbers that remembers the order in which they came, so that it can grow while it is walked through. */
final class LongSet {
    private long[] members = new long[32];
    private int[] table = new int[128];
    private int size;

    int size() {
        return size;
    }

    long get(int index) {
        return members[index];
    }

    void add(long value) {
        int slot = slot(value);
        if (table[slot] != 0) {
            return;
        }
        if (size == members.length) {
            grow();
            slot = slot(value);
        }
        members[size++] = value;
        table[slot] = size;
    }

    private int slot(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 40) & (table.length - 1);
        while (table[slot] != 0 && members[table[slot] - 1] != value) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private void grow() {
        members = Arrays.copyOf(members, size * 2);
        table = new int[size * 8];
        int kept = size;
        for (size = 0; size < kept; size++) {
            table[slot(members[size])] = size + 1;
        }
    }

    LongSet copy() {
        LongSet copy = new LongSet();
        copy.members = members.clone();
        copy.table = table.clone();
        copy.size = size;
        return copy;
    }

    boolean contains(long value) {
        return table[slot(value)] != 0;
    }

    boolean containsAll(LongSet other) {
        for (int i = 0; i < other.size; i++) {
            if (!contains(other.members[i])) {
                return false;
            }
        }
        return size >= other.size;
    }
}
