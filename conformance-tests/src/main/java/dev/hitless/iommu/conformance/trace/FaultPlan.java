package dev.hitless.iommu.conformance.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes the {@code n}-th fallible call of an operation fail: an allocation returns none, a command is rejected or lost.
 * Armed with 0 it only counts.
 */
public final class FaultPlan {
    private int failing;
    private int calls;
    private final List<String> injected = new ArrayList<>();

    /** Counts from one again; call number {@code n} will fail, none if {@code n} is 0. */
    public void arm(int n) {
        failing = n;
        calls = 0;
        injected.clear();
    }

    /** Fallible calls since armed. */
    public int calls() {
        return calls;
    }

    /** What was made to fail since armed. A copy. */
    public List<String> injected() {
        return List.copyOf(injected);
    }

    boolean failsNow(String what) {
        calls++;
        if (calls == failing) {
            injected.add(what);
            return true;
        }
        return false;
    }
}
