package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.trace.Fault;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Calls that fail, on one variant of the hardware.
 *
 * <p>{@linkplain #everything Everything}: bringing up, probing, releasing, allocating, answers to page requests, every
 * transition, map and unmap of every kind, with every call failing in every way ({@link Fault}).
 *
 * <p>{@linkplain #inTurn In turn}: bringing up, probing, releasing and answers to page requests with every way, and every
 * transition alone with one of the ways, every call of it; which one changes from transition to transition and from variant
 * to variant, and of {@value #TURNS} transitions one has its turn on each variant. So over variants and transitions every
 * way meets every variant, and every transition most of them; nothing is drawn by chance.
 */
final class FaultScenarios {
    private static final int TURNS = 5;
    private static final int ID = 0x0020;
    /** In another page of every table by requester id that is not one piece. */
    private static final int FAR_ALIAS = 0x00A8;

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DriverCapabilities claimed;
    private final List<Scenario> scenarios = new ArrayList<>();

    /** @param claimed what the driver claims on {@code variant} */
    FaultScenarios(Target target, Judge judge, Variant variant, DriverCapabilities claimed) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.claimed = claimed;
    }

    /** In which companies a transition is tried. */
    interface Companies {
        List<Company> of(int transition);
    }

    /** All that can be made to fail. */
    List<Scenario> everything(Companies companies) {
        Set<DomainKind> paging = new LinkedHashSet<>();
        addLife();
        for (boolean withPasid : new boolean[] {true, false}) {
            List<Transition> transitions = Transition.offered(claimed, withPasid);
            for (int i = 0; i < transitions.size(); i++) {
                for (Company company : companies.of(i)) {
                    addChange(transitions.get(i), company, EnumSet.allOf(Fault.class));
                }
                addWithPageRequests(transitions.get(i), EnumSet.allOf(Fault.class));
            }
            addAnswer(withPasid);
            for (DomainKind kind : kinds(withPasid)) {
                scenarios.add(new FaultedPageScenario(target, judge, variant, kind, withPasid));
                addRelease(kind, withPasid, List.of(Stage.DEVICE, Stage.ALIAS));
                addDeath(kind, withPasid);
            }
            DomainKind.offered(claimed, withPasid).stream()
                    .filter(kind -> kind.format().isPresent())
                    .forEach(paging::add);
        }
        paging.forEach(kind -> scenarios.add(new FaultedAllocationScenario(target, judge, variant, kind)));
        return scenarios;
    }

    /**
     * A share of all that.
     *
     * @param index of the variant
     */
    List<Scenario> inTurn(int index) {
        addLife();
        Fault[] faults = Fault.values();
        int turn = index;
        for (boolean withPasid : new boolean[] {true, false}) {
            addAnswer(withPasid);
            for (DomainKind kind : kinds(withPasid)) {
                if (turn++ % TURNS == 0) {
                    addRelease(kind, withPasid, List.of(Stage.DEVICE));
                    addDeath(kind, withPasid);
                }
            }
            for (Transition transition : Transition.offered(claimed, withPasid)) {
                turn++;
                if (turn % TURNS == 0) {
                    Set<Fault> fault = EnumSet.of(faults[(turn / TURNS + index) % faults.length]);
                    addChange(transition, Company.ALONE, fault);
                    addWithPageRequests(transition, fault);
                }
            }
        }
        return scenarios;
    }

    /** What there are several of, so that it can be attached like another. */
    private List<DomainKind> kinds(boolean withPasid) {
        return DomainKind.offered(claimed, withPasid).stream()
                .filter(DomainKind::hasInstances)
                .toList();
    }

    private void addLife() {
        scenarios.add(new FaultedStartScenario(target, judge, variant));
        scenarios.add(new FaultedProbeScenario(target, judge, variant, List.of(ID)));
        scenarios.add(new FaultedProbeScenario(target, judge, variant, List.of(ID, FAR_ALIAS)));
        scenarios.add(new FaultedEndScenario(target, judge, variant));
    }

    private void addChange(Transition transition, Company company, Set<Fault> faults) {
        scenarios.add(new FaultedChangeScenario(target, judge, variant, transition, company, false, faults));
    }

    /** What was attached has page requests to drain. */
    private void addWithPageRequests(Transition transition, Set<Fault> faults) {
        if (claimed.has(Capability.PRI) && !transition.from().equals(DomainKind.BLOCKED)) {
            scenarios.add(new FaultedChangeScenario(target, judge, variant, transition, Company.ALONE, true, faults));
        }
    }

    /** Answers of one kind of domain: none of them depends on it. */
    private void addAnswer(boolean withPasid) {
        if (claimed.has(Capability.PRI)) {
            kinds(withPasid).stream()
                    .findFirst()
                    .ifPresent(
                            kind -> scenarios.add(new FaultedAnswerScenario(target, judge, variant, kind, withPasid)));
        }
    }

    private void addDeath(DomainKind kind, boolean withPasid) {
        if (kind.type() == DomainType.SVA) {
            scenarios.add(new FaultedDeathScenario(target, judge, variant, kind, withPasid));
        }
    }

    private void addRelease(DomainKind kind, boolean withPasid, List<Integer> requesterIds) {
        scenarios.add(new FaultedReleaseScenario(target, judge, variant, kind, withPasid, requesterIds));
    }
}
