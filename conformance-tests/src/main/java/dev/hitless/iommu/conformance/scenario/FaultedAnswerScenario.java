package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A page request is answered, with one fallible call after the other failing in each way. No group is answered twice: its
 * number may be in use again by then. What the driver says is what has happened: it returned, so the device has the answer;
 * EIO, so it has none and gets it when asked again; ETIMEDOUT, and the group is not known any more. Then hardware works
 * again, and the next request is answered as ever.
 */
final class FaultedAnswerScenario implements Scenario {
    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DomainKind kind;
    private final boolean withPasid;

    /** @param kind of domain behind the PASID */
    FaultedAnswerScenario(Target target, Judge judge, Variant variant, DomainKind kind, boolean withPasid) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.kind = kind;
        this.withPasid = withPasid;
    }

    @Override
    public String name() {
        return "faults/page-requests/answer/" + (withPasid ? "pasid/" : "rid/") + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_08, Rule.DRV_14, Rule.DRV_19, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        if (!new Attempt(Fault.LOST, 0).possible) {
            return ScenarioResult.notApplicable("the driver refuses " + kind);
        }
        runs.each(EnumSet.allOf(Fault.class), (fault, n) -> {
            Attempt attempt = new Attempt(fault, n);
            boolean reached = runs.reached(attempt.machine.platform());
            if (reached) {
                attempt.check(runs);
            }
            return reached;
        });
        return runs.result();
    }

    private final class Attempt {
        private final Machine machine = target.machine(variant);
        private final TestDevice device = machine.probeWithPageRequests("device-a", Stage.DEVICE);
        private final Pasid pasid = withPasid ? Pasid.of(0x5) : Pasid.NONE;
        private final Stream stream = device.streams(pasid).get(0);
        private final PageRequestTraffic traffic = new PageRequestTraffic(machine);
        private final boolean possible;
        private Optional<Recording> answering = Optional.empty();

        Attempt(Fault fault, int n) {
            ModelledDomain domain = machine.domain(kind);
            possible = machine.promise(device, pasid, domain) != ReplaceGuarantee.UNSUPPORTED;
            if (possible) {
                machine.set(device, pasid, domain);
                PageResponse response = response(requested());
                machine.platform().faults().arm(fault, n, device.toString());
                answering = Optional.of(machine.platform()
                        .record("answer " + response, () -> machine.driver().respond(response)));
                machine.platform().faults().disarm();
            }
        }

        /** The device asks, and the driver hands that over. */
        private PageRequest requested() {
            traffic.send(stream, PageRequestTraffic.Way.QUEUED, PageRequestTraffic.BEFORE);
            machine.driver().serviceEvents();
            List<PageRequest> delivered = machine.platform().pageRequests();
            return delivered.get(delivered.size() - 1);
        }

        private static PageResponse response(PageRequest request) {
            return new PageResponse(request.requesterId(), request.pasid(), request.group(), PageResponse.Code.SUCCESS);
        }

        private int answers() {
            return machine.platform().pageRequestRecord().answers().size();
        }

        void check(FaultedRuns runs) {
            Recording recording = answering.orElseThrow();
            int end = recording.trace().end();
            runs.locksFree(recording);
            runs.judgeCommands(Operation.unwatched(recording.trace()));
            boolean gone = !device.device().description().function().isPresent();
            if (recording.failure().isPresent()) {
                failed(runs, recording.failure().get(), end);
            } else if (answers() > 1 || (answers() == 0 && !gone)) {
                runs.add(Rule.DRV_19, end, "one answer, since the driver says so", answers() + " answers");
            }
            if (gone) {
                SurvivedChange.releaseTheGone(runs, machine, device);
            } else {
                goesOn(runs);
            }
            runs.tornDown(machine);
        }

        private void failed(FaultedRuns runs, RuntimeException failure, int end) {
            Optional<Errno> errno =
                    failure instanceof IommuException known ? Optional.of(known.errno()) : Optional.empty();
            boolean mayBeAnswered = errno.equals(Optional.of(Errno.ETIMEDOUT));
            if (!mayBeAnswered && !errno.equals(Optional.of(Errno.EIO))) {
                runs.add(Rule.DRV_08, end, "success, EIO or ETIMEDOUT", String.valueOf(failure));
                return;
            }
            if (answers() > (mayBeAnswered ? 1 : 0)) {
                runs.add(
                        Rule.DRV_19,
                        end,
                        mayBeAnswered ? "at most one answer" : "no answer, since the driver says so",
                        answers() + " answers, " + failure.getMessage());
            }
            askedAgain(runs, mayBeAnswered);
        }

        private void askedAgain(FaultedRuns runs, boolean mayBeAnswered) {
            List<PageRequest> delivered = machine.platform().pageRequests();
            PageResponse again = response(delivered.get(delivered.size() - 1));
            if (!mayBeAnswered) {
                runs.succeeds("the answer, given again,", () -> machine.driver().respond(again));
            } else {
                runs.refuses(Errno.ENOENT, "the answer, given again,", () -> machine.driver()
                        .respond(again));
            }
        }

        /** Hardware works again. */
        private void goesOn(FaultedRuns runs) {
            machine.platform().pageRequestRecord().forget();
            PageResponse next = response(requested());
            if (runs.succeeds("the next answer", () -> machine.driver().respond(next)) && answers() != 1) {
                runs.add(Rule.DRV_19, -1, "the next request is answered once", answers() + " answers");
            }
        }
    }
}
