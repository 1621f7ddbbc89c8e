package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.PageRequestTraffic.Way;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Devices send page requests before and during a change of domain: the PASID's own device, its other PASIDs, another
 * device. The change is made again and again, and each time the requests come one register access of the driver later, until the
 * change is over before they come. Each request comes three times: into the queue at once, as far as the IOMMU, and onto
 * the link only, where it stays until something that the specification names forces it on.
 *
 * <p>Until when are requests the old domain's? A device goes by what it has in its TLB. Its answer to the last
 * invalidation of that pushes everything before it ahead. So what was sent before that command was submitted must have
 * been handed over when the call returns; what is sent afterwards may be handed over at any time.
 */
final class PageRequestScenario implements Scenario {
    private static final Pasid PASID = Pasid.of(0x5);
    private static final Pasid OTHER_PASID = Pasid.of(0x6);
    private static final long ANY_IOVA = 0x1000;
    private static final int PAGE = 4096;

    private final Target target;
    private final Variant variant;
    private final Transition transition;

    PageRequestScenario(Target target, Variant variant, Transition transition) {
        this.target = target;
        this.variant = variant;
        this.transition = transition;
    }

    @Override
    public String name() {
        return "page-requests/" + transition + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_19);
    }

    @Override
    public ScenarioResult run() {
        Machine machine = target.machine(variant);
        TestDevice device = machine.probeWithPageRequests("device-a", 0x0020);
        TestDevice other = machine.probeWithPageRequests("device-b", 0x00A8);
        Pasid pasid = transition.withPasid() ? PASID : Pasid.NONE;
        ModelledDomain from = machine.domain(transition.from());
        ModelledDomain to = machine.domain(transition.to());
        if (!attach(machine, device, pasid, from)) {
            return ScenarioResult.notApplicable("the driver refuses " + from);
        }
        Run run = new Run(machine, device, pasid, from, to);
        for (Pasid neighbour : List.of(OTHER_PASID, Pasid.NONE)) {
            if (!neighbour.equals(pasid) && attach(machine, device, neighbour, from)) {
                run.neighbours.addAll(device.streams(neighbour));
            }
        }
        if (attach(machine, other, pasid, from)) {
            run.neighbours.addAll(other.streams(pasid));
        }
        if (machine.promise(device, pasid, to) == ReplaceGuarantee.UNSUPPORTED) {
            return ScenarioResult.notApplicable("the driver refuses " + transition);
        }
        return run.all();
    }

    private static boolean attach(Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        if (machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            return false;
        }
        machine.set(device, pasid, domain);
        return true;
    }

    /** One machine, the same change many times. */
    private static final class Run {
        private final Machine machine;
        private final TestDevice device;
        private final Pasid pasid;
        private final ModelledDomain from;
        private final ModelledDomain to;
        private final Stream own;
        private final List<Stream> neighbours = new ArrayList<>();
        private final PageRequestTraffic traffic;
        private final Checks checks = new Checks();

        Run(Machine machine, TestDevice device, Pasid pasid, ModelledDomain from, ModelledDomain to) {
            this.machine = machine;
            this.device = device;
            this.pasid = pasid;
            this.from = from;
            this.to = to;
            this.own = device.streams(pasid).get(0);
            this.traffic = new PageRequestTraffic(machine);
        }

        ScenarioResult all() {
            before();
            for (int step = 0; duringStep(step); step++) {
                if (!checks.findings().isEmpty()) {
                    return checks.result();
                }
            }
            partialGroups();
            overflow();
            if (checks.findings().isEmpty()) {
                checks.tornDownClean(machine);
            }
            return checks.result();
        }

        private void before() {
            sendAll(PageRequestTraffic.BEFORE);
            change();
        }

        /** Returns whether the change had that many steps. */
        private boolean duringStep(int step) {
            int[] steps = new int[1];
            machine.platform().betweenAccesses(event -> {
                if (steps[0]++ == step) {
                    sendAll(event);
                }
            });
            change();
            machine.platform().betweenAccesses(event -> {});
            return steps[0] > step;
        }

        /** The last request of the group comes when another domain is there. */
        private void partialGroups() {
            int mine = traffic.sendPart(own, Way.IN_IOMMU);
            List<Integer> others = new ArrayList<>();
            neighbours.forEach(stream -> others.add(traffic.sendPart(stream, Way.ON_LINK)));
            change(() -> {
                traffic.sendRest(own, mine, Way.QUEUED);
                for (int i = 0; i < others.size(); i++) {
                    traffic.sendRest(neighbours.get(i), others.get(i), Way.QUEUED);
                }
            });
        }

        /** The queue is full of somebody else's requests; afterwards requests get through again. */
        private void overflow() {
            if (neighbours.isEmpty()) {
                return;
            }
            traffic.fill(neighbours.get(neighbours.size() - 1));
            traffic.send(own, Way.IN_IOMMU, PageRequestTraffic.BEFORE);
            traffic.send(own, Way.ON_LINK, PageRequestTraffic.BEFORE);
            change();
            sendAll(PageRequestTraffic.BEFORE);
            machine.driver().serviceEvents();
            int lost = machine.platform().pageRequestRecord().lost().size();
            change();
            if (lost > 0) {
                checks.add(Finding.of(
                        Rule.DRV_19,
                        -1,
                        "after the queue has overflowed and was emptied, page requests get through again",
                        lost + " found no room"));
            }
        }

        private void sendAll(int event) {
            for (Way way : Way.values()) {
                traffic.send(own, way, event);
                neighbours.forEach(stream -> traffic.send(stream, way, event));
            }
        }

        private void change() {
            change(() -> {});
        }

        private void change(Runnable afterwards) {
            Recording recording = machine.recordSet(device, pasid, to);
            checks.saw(recording);
            int end = recording.trace().end();
            recording
                    .failure()
                    .ifPresent(failure ->
                            checks.add(Finding.of(Rule.DRV_19, end, "success, as promised", String.valueOf(failure))));
            checks.addAll(traffic.notDrained(own, lastDeviceInvalidation(recording.trace()), end));
            afterwards.run();
            if (checks.findings().isEmpty()) {
                checks.addAll(traffic.settle());
            }
            machine.set(device, pasid, machine.blocked());
            machine.set(device, pasid, from);
            traffic.respond();
        }

        private int lastDeviceInvalidation(Trace trace) {
            DmaRequest request = own.request(ANY_IOVA, false, false);
            long tag = trace.walker().deviceTag(request);
            for (int event = trace.end(); event >= 0; event--) {
                if (trace.events().get(event) instanceof TraceEvent.Submitted command
                        && command.invalidation().covers(trace.walker().deviceCache(), tag, ANY_IOVA & -PAGE, PAGE)) {
                    return event;
                }
            }
            return trace.end();
        }
    }
}
