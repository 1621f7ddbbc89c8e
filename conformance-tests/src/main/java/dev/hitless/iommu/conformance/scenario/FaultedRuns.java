package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Adds up runs with faults. What happened more than once, as far as hardware is concerned, is judged once. */
final class FaultedRuns {
    private static final int MOST_FINDINGS = 20;

    private final Judge judge;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Expectations, List<Likeness>> passed = new HashMap<>();
    private Optional<Operation> evidence = Optional.empty();
    private String injected = "";
    private long observations;
    private int traces;
    private int faults;

    FaultedRuns(Judge judge) {
        this.judge = judge;
    }

    /** Whether more runs would say more. */
    boolean goesOn() {
        return findings.size() < MOST_FINDINGS;
    }

    /** A run in which one call fails. */
    @FunctionalInterface
    interface Attempt {
        /**
         * Lets call number {@code n} fail in the way of {@code fault}.
         *
         * @return false if there was no such call any more
         */
        boolean with(Fault fault, int n);
    }

    /** Lets one call after the other fail, in each way, until there is none left or more runs would say no more. */
    void each(Set<Fault> faults, Attempt attempt) {
        for (Fault fault : faults) {
            for (int n = 1; goesOn() && attempt.with(fault, n); n++) {
                // Until the fault is not reached any more.
            }
        }
    }

    /** Takes note of a run on {@code platform}; false if it came to its end before the fault. */
    boolean reached(RecordingPlatform platform) {
        List<String> made = platform.faults().injected();
        if (made.isEmpty()) {
            return false;
        }
        injected = made.get(0);
        faults++;
        traces++;
        return true;
    }

    /** A rule was broken. */
    void add(Rule rule, int event, String expected, String observed) {
        findings.add(Finding.of(rule, event, expected + ", after " + injected, observed));
    }

    /** Says what was found in an operation that is not judged as a whole. */
    void addAll(List<Finding> more, Operation operation) {
        more.forEach(finding -> add(finding, operation));
    }

    private void add(Finding finding, Operation operation) {
        if (findings.isEmpty()) {
            evidence = Optional.of(operation);
        }
        findings.add(new Finding(
                finding.rule(),
                finding.event(),
                finding.request(),
                finding.stream(),
                finding.expected() + ", after " + injected,
                finding.observed()));
    }

    /**
     * Judges an operation: its commands always, what DMA could see unless it was no more than what is known to be right.
     *
     * @param machine the one that it was run on; all machines of a scenario start alike
     */
    void judge(Operation operation, Machine machine) {
        judge(operation, machine, Set.of());
    }

    /**
     * As {@link #judge(Operation, Machine)}.
     *
     * @param elsewhere rules that this kind of operation says nothing about
     */
    void judge(Operation operation, Machine machine, Set<Rule> elsewhere) {
        Likeness likeness = Likeness.of(operation.trace(), machine.platform().queuePages());
        List<Likeness> known = passed.computeIfAbsent(Expectations.of(operation), key -> new ArrayList<>());
        boolean isKnown = known.stream().anyMatch(likeness::forbidsAsMuchAs);
        Judgement judgement = isKnown ? judge.judgeCommands(operation) : judge.judge(operation);
        observations += judgement.observations();
        List<Finding> broken = judgement.findings().stream()
                .filter(finding -> !elsewhere.contains(finding.rule()))
                .toList();
        broken.forEach(finding -> add(finding, operation));
        if (!isKnown && broken.isEmpty()) {
            known.add(likeness);
        }
    }

    /** Judges only the commands of an operation that changes nothing of what DMA can see. */
    void judgeCommands(Operation operation) {
        judge.judgeCommands(operation).findings().forEach(finding -> add(finding, operation));
    }

    /** What follows begins otherwise. */
    void forgetWhatIsKnown() {
        passed.clear();
    }

    /** No lock is held after an operation. */
    void locksFree(Recording recording) {
        if (!recording.locksHeld().isEmpty()) {
            add(Rule.DRV_08, recording.trace().end(), "no lock held", "still held: " + recording.locksHeld());
        }
    }

    /** Takes the machine down; nothing may stand against it, and nothing may be left. */
    void tornDown(Machine machine) {
        try {
            machine.tearDown();
        } catch (RuntimeException refused) {
            add(Rule.DRV_08, -1, "everything can be taken down", String.valueOf(refused));
            return;
        }
        bytes(machine, 0, "after everything was released");
    }

    /** As much is allocated as there should be. */
    void bytes(Machine machine, long expected, String when) {
        bytes(machine.platform(), expected, when);
    }

    /** As much is allocated as there should be. */
    void bytes(RecordingPlatform platform, long expected, String when) {
        long now = platform.allocatedBytes();
        if (now != expected) {
            add(Rule.DRV_08, -1, expected + " bytes allocated " + when, now + " bytes");
        }
    }

    /** No more is allocated than there should be. */
    void bytesAtMost(Machine machine, long most, String when) {
        long now = machine.platform().allocatedBytes();
        if (now > most) {
            add(Rule.DRV_08, -1, "at most " + most + " bytes allocated " + when, now + " bytes");
        }
    }

    /** Tracking of all devices, as {@link Checks} does it. */
    void tracking(Machine machine, int event) {
        Checks checks = new Checks();
        checks.tracking(machine, event);
        checks.findings().forEach(finding -> add(Rule.DRV_08, event, finding.expected(), finding.observed()));
    }

    /** Does something that must not fail; false if it did. */
    boolean succeeds(String what, Runnable action) {
        try {
            action.run();
            return true;
        } catch (RuntimeException failure) {
            add(Rule.DRV_08, -1, what + " succeeds", String.valueOf(failure));
            return false;
        }
    }

    /** Does something that must be refused. */
    void refuses(Errno errno, String what, Runnable action) {
        String observed = "success";
        try {
            action.run();
        } catch (RuntimeException failure) {
            if (failure instanceof IommuException known && known.errno() == errno) {
                return;
            }
            observed = String.valueOf(failure);
        }
        add(Rule.DRV_08, -1, what + " is refused with " + errno, observed);
    }

    /** As {@link #succeeds(String, Runnable)}, of something recorded. */
    boolean succeeds(String what, Recording recording, Function<Recording, Operation> asOperation) {
        traces++;
        if (recording.failure().isEmpty()) {
            return true;
        }
        add(
                Finding.of(
                        Rule.DRV_08,
                        recording.trace().end(),
                        what + " succeeds",
                        String.valueOf(recording.failure().get())),
                asOperation.apply(recording));
        return false;
    }

    ScenarioResult result() {
        return ScenarioResult.of(findings, observations, traces, evidence).withFaults(faults);
    }
}
