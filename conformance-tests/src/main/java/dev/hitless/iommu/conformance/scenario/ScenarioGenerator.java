package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the scenarios for one driver, from what it claims on each variant of its hardware. */
public final class ScenarioGenerator {
    private final Target target;
    private final Judge judge;
    private final Variants variants;
    private final long seed;
    private final Map<Variant, DriverCapabilities> claims = new LinkedHashMap<>();

    /**
     * @param anyFetchOrder whether to take the stricter reading of the order of fetches
     * @param seed for everything that is drawn by chance
     */
    public ScenarioGenerator(Target target, Judge judge, boolean anyFetchOrder, long seed) {
        this.target = target;
        this.judge = judge;
        this.seed = seed;
        this.variants = new Variants(target.hardware().options(), anyFetchOrder, this::isPossible);
    }

    /** What the driver claims on the usual hardware. */
    public DriverCapabilities capabilities() {
        return claimed(variants.usual());
    }

    /** All scenarios, in a stable order. */
    public List<Scenario> generate() {
        List<Scenario> scenarios = new ArrayList<>();
        List<Variant> covering = variants.covering();
        for (Variant variant : covering) {
            DriverCapabilities claimed = claimed(variant);
            addTransitions(scenarios, variant, claimed, true);
            addTransitions(scenarios, variant, claimed, false);
            addPages(scenarios, variant, claimed, true);
            addPages(scenarios, variant, claimed, false);
        }
        addLacking(scenarios);
        addLong(scenarios, covering);
        return scenarios;
    }

    private void addLacking(List<Scenario> scenarios) {
        for (Variant variant : variants.lacking()) {
            scenarios.add(new GatingScenario(target, variant, capabilities()));
        }
        scenarios.add(new RefusalScenario(target, variants.usual()));
    }

    /** Sequences, which need no company: they bring their own. */
    private void addLong(List<Scenario> scenarios, List<Variant> covering) {
        for (int i = 0; i < covering.size(); i++) {
            scenarios.add(new TrackingScenario(target, covering.get(i), seed + i));
        }
        Variant usual = variants.usual();
        for (boolean withPasid : new boolean[] {true, false}) {
            List<DomainKind> kinds = new ArrayList<>(DomainKind.offered(claimed(usual), withPasid));
            kinds.add(DomainKind.BLOCKED);
            for (DomainKind from : kinds) {
                for (DomainKind to : kinds) {
                    Transition transition = new Transition(withPasid, from, to);
                    if (MemoryScenario.isWorthIt(from, to)) {
                        scenarios.add(new MemoryScenario(target, usual, transition));
                    }
                    if (!from.equals(to) || from.hasInstances()) {
                        scenarios.add(new LostCommandScenario(target, usual, transition));
                    }
                }
            }
        }
    }

    private void addTransitions(
            List<Scenario> scenarios, Variant variant, DriverCapabilities claimed, boolean withPasid) {
        if (withPasid && !claimed.has(Capability.PASID)) {
            return;
        }
        List<DomainKind> kinds = new ArrayList<>(DomainKind.offered(claimed, withPasid));
        kinds.add(DomainKind.BLOCKED);
        for (DomainKind from : kinds) {
            for (DomainKind to : kinds) {
                if (from.equals(to) && !from.hasInstances()) {
                    continue;
                }
                Transition transition = new Transition(withPasid, from, to);
                for (Company company : Company.values()) {
                    scenarios.add(new ReplaceScenario(target, judge, variant, transition, company));
                }
            }
        }
    }

    private void addPages(List<Scenario> scenarios, Variant variant, DriverCapabilities claimed, boolean withPasid) {
        if (withPasid && !claimed.has(Capability.PASID)) {
            return;
        }
        for (DomainKind kind : DomainKind.offered(claimed, withPasid)) {
            if (kind.hasInstances()) {
                scenarios.add(new PageScenario(target, judge, variant, kind, withPasid));
            }
        }
    }

    private DriverCapabilities claimed(Variant variant) {
        return claims.computeIfAbsent(variant, v -> {
            Machine machine = target.machine(v);
            DriverCapabilities capabilities = machine.driver().capabilities();
            machine.tearDown();
            return capabilities;
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
