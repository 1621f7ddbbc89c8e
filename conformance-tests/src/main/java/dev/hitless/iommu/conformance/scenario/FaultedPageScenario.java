package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Aftermath;
import dev.hitless.iommu.conformance.judge.Intended;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.PageChanger;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A page comes or goes, with one fallible call after the other failing in each way, until the change gets through without
 * reaching the fault. A map that fails has mapped nothing. An unmap that fails for want of memory has unmapped nothing;
 * one whose invalidations fail may have, and says so: what is still cached then is dropped with the next page that goes.
 */
final class FaultedPageScenario implements Scenario {
    /** What is done to which page. */
    enum Change {
        MAP,
        UNMAP_NEW,
        UNMAP_FIRST,
        /** The last page of the address space, whose tables go with it. */
        UNMAP_TOP
    }

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DomainKind kind;
    private final boolean withPasid;

    FaultedPageScenario(Target target, Judge judge, Variant variant, DomainKind kind, boolean withPasid) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.kind = kind;
        this.withPasid = withPasid;
    }

    @Override
    public String name() {
        return "faults/" + (withPasid ? "pasid/" : "rid/") + kind + "/map-unmap/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(
                Rule.DRV_01,
                Rule.DRV_02,
                Rule.DRV_04,
                Rule.DRV_05,
                Rule.DRV_06,
                Rule.DRV_07,
                Rule.DRV_08,
                Rule.DRV_13,
                Rule.DRV_17,
                Rule.DRV_18,
                Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        for (Change change : Change.values()) {
            PageStage stage = PageStage.set(target.machine(variant), kind, withPasid);
            if (!stage.impossible().isEmpty()) {
                return ScenarioResult.notApplicable(stage.impossible());
            }
            boolean needsSpare = change == Change.MAP || change == Change.UNMAP_NEW;
            if (needsSpare && stage.domain().pages().orElseThrow().spare().isEmpty()) {
                continue;
            }
            runs.forgetWhatIsKnown();
            Attempt undisturbed = new Attempt(change, stage, Fault.NO_MEMORY, 0);
            Intended intended = new Intended(undisturbed.operation(undisturbed.recording.trace(), Optional.empty()));
            for (Fault fault : Fault.values()) {
                every(change, fault, intended, runs);
            }
        }
        return runs.result();
    }

    private void every(Change change, Fault fault, Intended intended, FaultedRuns runs) {
        for (int n = 1; runs.goesOn(); n++) {
            PageStage stage = PageStage.set(target.machine(variant), kind, withPasid);
            Attempt attempt = new Attempt(change, stage, fault, n);
            if (!runs.reached(stage.machine().platform())) {
                return;
            }
            attempt.check(runs, intended);
        }
    }

    /** The change, on a machine of its own. */
    private static final class Attempt {
        private final Change change;
        private final PageStage stage;
        private final Fault fault;
        private final PageChanger pages;
        private final Mapping mapping;
        private final List<Mapping> before;
        private final List<Mapping> after;
        private final long bytesBefore;
        private final int warningsBefore;
        private final Recording recording;

        Attempt(Change change, PageStage stage, Fault fault, int n) {
            this.change = change;
            this.stage = stage;
            this.fault = fault;
            this.pages = stage.domain().pages().orElseThrow();
            List<Mapping> mappings = stage.domain().mappings();
            this.mapping = switch (change) {
                case MAP, UNMAP_NEW -> pages.spare().orElseThrow();
                case UNMAP_FIRST -> mappings.get(0);
                case UNMAP_TOP -> mappings.get(mappings.size() - 1);
            };
            if (change == Change.UNMAP_NEW) {
                pages.map(mapping);
                stage.domain().intend(mapping);
            }
            this.before = stage.domain().mappings();
            this.after = new ArrayList<>(before);
            if (change == Change.MAP) {
                after.add(mapping);
            } else {
                after.remove(mapping);
            }
            this.bytesBefore = stage.machine().platform().allocatedBytes();
            this.warningsBefore = stage.machine().platform().warnings().size();
            stage.machine().platform().faults().arm(fault, n, stage.device().toString());
            this.recording =
                    stage.machine().platform().record(stage.domain() + ": " + change + " " + mapping, this::carryOut);
            stage.machine().platform().faults().disarm();
        }

        private void carryOut() {
            if (change == Change.MAP) {
                pages.map(mapping);
            } else {
                pages.unmap(mapping);
            }
        }

        Operation operation(Trace trace, Optional<Aftermath> aftermath) {
            return new Operation(
                    trace, stage.watched(before, after), stage.probes(mapping), ReplaceGuarantee.HITLESS, aftermath);
        }

        void check(FaultedRuns runs, Intended intended) {
            runs.locksFree(recording);
            boolean gotThrough = recording.failure().isEmpty() && !hasWarned();
            if (gotThrough) {
                note(after);
                runs.judge(operation(recording.trace(), Optional.empty()), stage.machine());
            } else {
                failed(runs, intended);
            }
            runs.tornDown(stage.machine());
        }

        /** Whoever cannot throw, since the CPU has removed its page already, reports by a warning. */
        private boolean hasWarned() {
            return stage.machine().platform().warnings().size() > warningsBefore;
        }

        private void failed(FaultedRuns runs, Intended intended) {
            int end = recording.trace().end();
            if (recording.failure().isPresent() && !(recording.failure().get() instanceof IommuException)) {
                runs.add(
                        Rule.DRV_08,
                        end,
                        "an IommuException",
                        recording.failure().get().toString());
                return;
            }
            boolean kept = pages.isMapped(mapping) == (change != Change.MAP);
            if (change == Change.MAP && !kept) {
                runs.add(Rule.DRV_08, end, "a map that fails maps nothing", mapping + " is mapped");
                return;
            }
            Aftermath.State state = kept ? Aftermath.State.KEPT : Aftermath.State.CARRIED_OUT;
            boolean isHardware = recording
                    .failure()
                    .map(failure -> FailedChange.isOfHardware((IommuException) failure))
                    .orElse(true);
            Aftermath aftermath = new Aftermath(state, FailedChange.excuse(fault), isHardware, intended);
            runs.judge(
                    new Operation(
                            recording.trace(),
                            stage.watched(before, after),
                            stage.probes(mapping),
                            ReplaceGuarantee.HITLESS,
                            Optional.of(aftermath)),
                    stage.machine());
            note(kept ? before : after);
            if (kept && !isHardware) {
                runs.bytes(stage.machine(), bytesBefore, "as before the change that failed");
            }
            follow(runs, intended);
        }

        /** Another page goes, and with it all that should have gone before. */
        private void follow(FaultedRuns runs, Intended intended) {
            List<Mapping> now = stage.domain().mappings();
            Mapping next = now.get(1);
            List<Mapping> last = new ArrayList<>(now);
            last.remove(next);
            Recording second = stage.machine().platform().record("unmap " + next, () -> pages.unmap(next));
            Trace both = recording.trace().followedBy(second.trace());
            Operation operation = new Operation(
                    both,
                    stage.watched(before, last),
                    stage.probes(mapping),
                    ReplaceGuarantee.HITLESS,
                    Optional.of(new Aftermath(Aftermath.State.SETTLED, Aftermath.Excuse.NONE, true, intended)));
            if (runs.succeeds("an unmap after that", second, recorded -> operation)) {
                note(last);
                runs.judge(operation, stage.machine());
            }
            runs.locksFree(second);
        }

        private void note(List<Mapping> now) {
            for (Mapping known : stage.domain().mappings()) {
                if (!now.contains(known)) {
                    stage.domain().forget(known);
                }
            }
            now.stream()
                    .filter(wanted -> !stage.domain().mappings().contains(wanted))
                    .forEach(stage.domain()::intend);
        }
    }
}
