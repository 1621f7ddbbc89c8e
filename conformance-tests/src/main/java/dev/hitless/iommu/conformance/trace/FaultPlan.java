package dev.hitless.iommu.conformance.trace;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the {@code n}-th fallible call of an operation fail. Calls are counted for each {@link Fault} apart: the third
 * command that could be lost, the third allocation. Armed with 0 it only counts.
 */
public final class FaultPlan {
    private static final Set<Fault> ANY_ONCE = EnumSet.of(Fault.NO_MEMORY, Fault.REJECTED, Fault.LOST);

    private Set<Fault> armed = Set.of();
    private String victim = "";
    private int failing;
    private int calls;
    private boolean lasting;
    private final List<String> injected = new ArrayList<>();

    /**
     * Counts from one again; call number {@code n} will fail, none if {@code n} is 0: an allocation returns none, a command
     * is rejected, a command is lost. Each command counts twice, first as one that could be rejected.
     */
    public void arm(int n) {
        arm(ANY_ONCE, n, "");
    }

    /** Counts from one again; call number {@code n} that can fail like this will. */
    public void arm(Fault fault, int n) {
        arm(fault, n, "");
    }

    /**
     * As {@link #arm(Fault, int)}.
     *
     * @param victim name of the device that {@link Fault#GONE} takes away
     */
    public void arm(Fault fault, int n, String victim) {
        arm(Set.of(fault), n, victim);
    }

    private void arm(Set<Fault> faults, int n, String device) {
        armed = faults;
        victim = device;
        failing = n;
        calls = 0;
        lasting = false;
        injected.clear();
    }

    /** From now on nothing fails. What was injected can still be asked for. */
    public void disarm() {
        armed = Set.of();
        lasting = false;
    }

    /** Fallible calls since armed. */
    public int calls() {
        return calls;
    }

    /** What was made to fail since armed; a fault that lasts is named once. A copy. */
    public List<String> injected() {
        return List.copyOf(injected);
    }

    String victim() {
        return victim;
    }

    boolean failsNow(Fault fault, String what) {
        if (!armed.contains(fault)) {
            return false;
        }
        calls++;
        if (calls == failing) {
            injected.add(fault + ": " + what);
            lasting = fault.isLasting();
            return true;
        }
        return lasting;
    }
}
