package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Intended;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One change of domain, with one fallible call after the other failing in each way, until the change gets through without
 * reaching the fault. Whatever it comes to, the machine has to go on working: see {@link FailedChange}.
 */
final class FaultedChangeScenario implements Scenario {
    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final Transition transition;
    private final Company company;
    private final boolean pageRequests;
    private final Set<Fault> faults;

    /** @param pageRequests whether devices have sent page requests when the change begins, which are drained */
    FaultedChangeScenario(
            Target target,
            Judge judge,
            Variant variant,
            Transition transition,
            Company company,
            boolean pageRequests,
            Set<Fault> faults) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.transition = transition;
        this.company = company;
        this.pageRequests = pageRequests;
        this.faults = EnumSet.copyOf(faults);
    }

    @Override
    public String name() {
        return "faults/" + (pageRequests ? "page-requests/" : "") + transition + "/" + company + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(
                Rule.DRV_01,
                Rule.DRV_02,
                Rule.DRV_03,
                Rule.DRV_04,
                Rule.DRV_05,
                Rule.DRV_06,
                Rule.DRV_07,
                Rule.DRV_08,
                Rule.DRV_09,
                Rule.DRV_13,
                Rule.DRV_18,
                Rule.DRV_24);
        if (pageRequests) {
            rules.add(Rule.DRV_19);
        }
        return rules;
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        Attempt undisturbed = new Attempt();
        if (!undisturbed.stage.impossible().isEmpty()) {
            return ScenarioResult.notApplicable(undisturbed.stage.impossible());
        }
        if (undisturbed.recording.failure().isPresent()) {
            return ScenarioResult.notApplicable("the driver refuses " + transition);
        }
        Intended intended = new Intended(undisturbed.operation());
        SettledBytes settled = new SettledBytes(undisturbed);
        for (Fault fault : faults) {
            for (int n = 1; runs.goesOn(); n++) {
                Attempt attempt = new Attempt(fault, n);
                if (!runs.reached(attempt.machine.platform())) {
                    break;
                }
                if (attempt.recording.failure().isEmpty()) {
                    new SurvivedChange(runs, attempt, settled).check();
                } else {
                    new FailedChange(runs, attempt, fault, intended, settled).triesAgain();
                    new FailedChange(runs, new Attempt(fault, n), fault, intended, settled).givesUp();
                }
            }
        }
        return runs.result();
    }

    /** The change, on a machine of its own. */
    final class Attempt {
        final Machine machine = target.machine(variant);
        final Stage stage = Stage.set(machine, transition, company, pageRequests);
        final Pasid pasid = stage.subject();
        final List<Watched> streams;
        final ReplaceGuarantee promise;
        final long bytesBefore;
        final Recording recording;
        private final PageRequestTraffic traffic = new PageRequestTraffic(machine);

        /** Without a fault. */
        Attempt() {
            this(Fault.NO_MEMORY, 0);
        }

        Attempt(Fault fault, int n) {
            streams = Bystanders.around(machine, stage.device(), pasid, stage.to());
            promise = machine.promise(stage.device(), pasid, stage.to());
            bytesBefore = machine.platform().allocatedBytes();
            if (pageRequests) {
                send();
            }
            machine.platform().faults().arm(fault, n, stage.device().toString());
            recording = machine.recordSet(stage.device(), pasid, stage.to());
            machine.platform().faults().disarm();
        }

        private void send() {
            for (Stream stream : machine.streams().keySet()) {
                for (PageRequestTraffic.Way way : PageRequestTraffic.Way.values()) {
                    traffic.send(stream, way, PageRequestTraffic.BEFORE);
                }
            }
        }

        /** The subject was switched, or another domain is there now: its requests are not under way any more. */
        void requireDrained(FaultedRuns runs) {
            if (pageRequests) {
                for (Stream stream : stage.device().streams(pasid)) {
                    runs.addAll(traffic.notDrained(stream, 0, recording.trace().end()), operation());
                }
            }
        }

        /** Hardware works again: every request was handed over once, and is answered once. */
        void settleRequests(FaultedRuns runs) {
            if (pageRequests && stage.device().device().description().function().isPresent()) {
                runs.addAll(traffic.settle(), operation());
            }
        }

        ModelledDomain from() {
            return stage.from();
        }

        long[] probes() {
            return Content.probes(machine.domains());
        }

        Operation operation() {
            return new Operation(recording.trace(), streams, probes(), promise);
        }
    }
}
