package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.observe.Assumptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the scenarios for one driver, from what it claims on each variant of its hardware. */
public final class ScenarioGenerator {
    private final Target target;
    private final Judge judge;
    private final Variants variants;
    private final Assumptions assumptions;
    private final long seed;
    private final int preemptions;
    private final FaultCoverage faults;
    private final Map<Variant, Optional<DriverCapabilities>> claims = new LinkedHashMap<>();
    private final Map<Variant, IommuException> refusals = new HashMap<>();

    /**
     * @param assumptions the memory rules to judge by
     * @param anyFetchOrder whether to take the stricter reading of the order of fetches
     * @param seed for everything that is drawn by chance
     * @param preemptions most preemptions in a schedule of several operations
     * @param faults how many calls to make fail
     */
    public ScenarioGenerator(
            Target target,
            Assumptions assumptions,
            boolean anyFetchOrder,
            long seed,
            int preemptions,
            FaultCoverage faults) {
        this.target = target;
        this.assumptions = assumptions;
        this.judge = new Judge(assumptions);
        this.seed = seed;
        this.preemptions = preemptions;
        this.faults = faults;
        this.variants = new Variants(target.hardware().options(), anyFetchOrder, this::isPossible);
    }

    /** The hardware with nothing special about it. */
    public Variant usual() {
        return variants.usual();
    }

    /** The variants of it on which the driver comes up. */
    public List<Variant> unusual() {
        return variants.covering().stream()
                .filter(variant ->
                        !variant.equals(variants.usual()) && claimed(variant).isPresent())
                .toList();
    }

    /** What the driver claims on the usual hardware. */
    public DriverCapabilities capabilities() {
        return claimed(variants.usual()).orElseThrow(() -> {
            @Nullable IommuException refusal = refusals.get(variants.usual());
            return new IllegalStateException(
                    "the driver " + target.driver().id() + " refuses to come up on the usual hardware of family "
                            + target.hardware().family()
                            + (refusal == null ? "" : ": " + refusal.getMessage()),
                    refusal);
        });
    }

    /** All scenarios, in a stable order. */
    public List<Scenario> generate() {
        List<Scenario> scenarios = new ArrayList<>();
        List<Variant> covering = variants.covering();
        for (int index = 0; index < covering.size(); index++) {
            Variant variant = covering.get(index);
            Optional<DriverCapabilities> claimed = claimed(variant);
            if (claimed.isEmpty()) {
                scenarios.add(new GatingScenario(target, variant, capabilities()));
                continue;
            }
            for (boolean withPasid : new boolean[] {true, false}) {
                addTransitions(scenarios, variant, index, claimed.get(), withPasid);
                addPages(scenarios, variant, claimed.get(), withPasid);
                addPageRequests(scenarios, variant, index, claimed.get(), withPasid);
            }
        }
        addLacking(scenarios);
        addTold(scenarios);
        addLong(scenarios, covering);
        scenarios.addAll(new OverlapsOnVariants(target, assumptions, preemptions).over(covering, this::claimed));
        variants.slow().ifPresent(slow -> claimed(slow)
                .ifPresent(claimed -> scenarios.addAll(
                        new OverlapsOnSlowHardware(target, assumptions, preemptions).on(slow, claimed))));
        addDrains(scenarios);
        addAbsent(scenarios, covering);
        if (faults != FaultCoverage.NONE) {
            addFaults(scenarios, covering);
        }
        return scenarios;
    }

    /** One replacement and one removal: what overlapping adds is the queue of page requests, and all kinds share that. */
    private void addDrains(List<Scenario> scenarios) {
        if (!capabilities().has(Capability.PRI) || !capabilities().has(Capability.PASID)) {
            return;
        }
        DomainKind.offered(capabilities(), true).stream()
                .filter(DomainKind::hasInstances)
                .findFirst()
                .ifPresent(kind -> List.of(kind, DomainKind.BLOCKED)
                        .forEach(to -> scenarios.add(new DrainOverlapScenario(
                                target, variants.usual(), new Transition(true, kind, to), Math.min(preemptions, 1)))));
    }

    private void addLacking(List<Scenario> scenarios) {
        for (Variant variant : variants.lacking()) {
            scenarios.add(new GatingScenario(target, variant, capabilities()));
            claimed(variant).ifPresent(claimed -> {
                for (boolean withPasid : new boolean[] {true, false}) {
                    for (Transition transition : Transition.offered(claimed, withPasid)) {
                        scenarios.add(new ReplaceScenario(target, judge, variant, transition, Company.ALONE));
                    }
                }
            });
        }
        scenarios.add(new RefusalScenario(target, variants.usual()));
    }

    /** Changes and pages alone, and beside the other path; the rest does not depend on what hardware does not tell. */
    private void addTold(List<Scenario> scenarios) {
        for (Variant variant : variants.told()) {
            claimed(variant).ifPresent(claimed -> {
                for (boolean withPasid : new boolean[] {true, false}) {
                    for (Transition transition : Transition.offered(claimed, withPasid)) {
                        for (Company company : List.of(Company.ALONE, Company.OTHER_PATH_PAGING)) {
                            scenarios.add(new ReplaceScenario(target, judge, variant, transition, company));
                        }
                    }
                    addPages(scenarios, variant, claimed, withPasid);
                }
            });
        }
    }

    /** Sequences, which need no company: they bring their own. */
    private void addLong(List<Scenario> scenarios, List<Variant> covering) {
        for (int i = 0; i < covering.size(); i++) {
            scenarios.add(new TrackingScenario(target, covering.get(i), seed + i));
        }
        Variant usual = variants.usual();
        for (boolean withPasid : new boolean[] {true, false}) {
            for (Transition transition : Transition.offered(capabilities(), withPasid)) {

                if (MemoryScenario.isWorthIt(transition.from(), transition.to())) {
                    scenarios.add(new MemoryScenario(target, usual, transition));
                }
            }
        }
    }

    /** Devices that cannot be sent to, on the usual hardware and on the variants in turn. */
    private void addAbsent(List<Scenario> scenarios, List<Variant> covering) {
        int turn = 0;
        for (boolean withPasid : new boolean[] {true, false}) {
            for (Transition transition : Transition.offered(capabilities(), withPasid)) {
                for (boolean gone : new boolean[] {true, false}) {
                    scenarios.add(new AbsentDeviceScenario(target, judge, variants.usual(), transition, gone));
                    Variant other = covering.get(turn++ % covering.size());
                    if (!other.equals(variants.usual()) && offers(other, transition)) {
                        scenarios.add(new AbsentDeviceScenario(target, judge, other, transition, gone));
                    }
                }
            }
        }
    }

    private boolean offers(Variant variant, Transition transition) {
        return claimed(variant)
                .map(claimed ->
                        Transition.offered(claimed, transition.withPasid()).contains(transition))
                .orElse(false);
    }

    /** Calls that fail: on the usual hardware everything, on the others everything too or a share of it. */
    private void addFaults(List<Scenario> scenarios, List<Variant> covering) {
        for (int index = 0; index < covering.size(); index++) {
            Variant variant = covering.get(index);
            Optional<DriverCapabilities> claimed = claimed(variant);
            if (claimed.isEmpty()) {
                continue;
            }
            FaultScenarios failing = new FaultScenarios(target, judge, variant, claimed.get());
            if (faults == FaultCoverage.ALL) {
                int number = index;
                scenarios.addAll(failing.everything(transition -> companies(number, transition)));
            } else if (index == 0) {
                scenarios.addAll(failing.everything(transition -> List.of(Company.ALONE, Company.CROWD)));
            } else {
                scenarios.addAll(failing.inTurn(index));
            }
        }
    }

    private void addTransitions(
            List<Scenario> scenarios, Variant variant, int index, DriverCapabilities claimed, boolean withPasid) {
        List<Transition> transitions = Transition.offered(claimed, withPasid);
        for (int i = 0; i < transitions.size(); i++) {
            for (Company company : companies(index, i)) {
                scenarios.add(new ReplaceScenario(target, judge, variant, transitions.get(i), company));
            }
        }
    }

    /**
     * On the usual hardware every company; on each other variant alone, in the crowd, and in two further companies that
     * change from transition to transition, so that over the transitions every variant meets every company.
     */
    private static List<Company> companies(int variant, int transition) {
        Company[] all = Company.values();
        if (variant == 0) {
            return List.of(all);
        }
        int between = all.length - 2;
        return List.of(
                Company.ALONE,
                all[1 + (variant + transition) % between],
                all[1 + (variant + transition + between / 2) % between],
                Company.CROWD);
    }

    private void addPages(List<Scenario> scenarios, Variant variant, DriverCapabilities claimed, boolean withPasid) {
        if (withPasid && !claimed.has(Capability.PASID)) {
            return;
        }
        for (DomainKind kind : DomainKind.offered(claimed, withPasid)) {
            if (kind.hasInstances()) {
                scenarios.add(new PageScenario(target, judge, variant, kind, withPasid));
                scenarios.add(new FreedScenario(target, variant, kind, withPasid));
            }
        }
    }

    /** On the usual hardware every change, on each other variant one replacement and one removal. */
    private void addPageRequests(
            List<Scenario> scenarios, Variant variant, int index, DriverCapabilities claimed, boolean withPasid) {
        if (!claimed.has(Capability.PRI)) {
            return;
        }
        List<Transition> live = Transition.offered(claimed, withPasid).stream()
                .filter(transition -> !transition.from().equals(DomainKind.BLOCKED))
                .toList();
        for (Transition transition : live) {
            boolean first = transition.from().equals(live.get(0).from());
            boolean chosen =
                    first && (transition.equals(live.get(0)) || transition.to().equals(DomainKind.BLOCKED));
            if (index == 0 || chosen) {
                scenarios.add(new PageRequestScenario(target, variant, transition));
            }
        }
    }

    /** What the driver claims; empty if it refuses to come up on such hardware. */
    private Optional<DriverCapabilities> claimed(Variant variant) {
        return claims.computeIfAbsent(variant, v -> {
            Machine machine;
            try {
                machine = target.machine(v);
            } catch (IommuException refused) {
                refusals.put(v, refused);
                return Optional.empty();
            }
            DriverCapabilities capabilities = machine.driver().capabilities();
            machine.tearDown();
            return Optional.of(capabilities);
        });
    }

    /** Hardware that contradicts itself does not exist. */
    private boolean isPossible(Variant variant) {
        try {
            claimed(variant);
            return true;
        } catch (IllegalArgumentException contradiction) {
            return false;
        }
    }
}
