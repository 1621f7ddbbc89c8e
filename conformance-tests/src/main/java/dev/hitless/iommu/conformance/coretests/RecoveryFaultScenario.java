package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A device comes back from a reset while below the driver one call after the other fails. The end of a reset cannot be
 * refused: what the driver could not bring back stays blocked, with a warning, everything else is back, the neighbour
 * notices nothing, and the group can be changed again.
 */
final class RecoveryFaultScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;

    RecoveryFaultScenario(Bench.Factory benches, Subsystem.Factory subsystems) {
        this.benches = benches;
        this.subsystems = subsystems;
    }

    @Override
    public String name() {
        return "core/recovery/faults/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(Rule.CORE_10);
        rules.addAll(benches.driverRules());
        return rules;
    }

    @Override
    public ScenarioResult run() {
        List<Finding> findings = new ArrayList<>();
        Optional<Operation> evidence = Optional.empty();
        int injected = 0;
        int traces = 0;
        long observations = 0;
        for (boolean reached = true; reached && findings.isEmpty(); ) {
            Setting setting = new Setting(benches, subsystems);
            reached = new Run(setting).reset(injected + 1);
            ScenarioResult result = setting.end();
            findings.addAll(result.findings());
            evidence = result.evidence();
            traces += result.traces();
            observations += result.observations();
            injected += reached ? 1 : 0;
        }
        return ScenarioResult.of(findings, observations, traces, evidence).withFaults(injected);
    }

    /** One reset. */
    private static final class Run {
        private final Setting setting;
        private final Subsystem subsystem;
        private final IommuDevice device;
        private final IommuDevice neighbour;
        private final Map<Pasid, IommuDomain> attached = new TreeMap<>();

        Run(Setting setting) {
            this.setting = setting;
            this.subsystem = setting.subsystem();
            this.device = setting.add("device-a", Setting.WIDE);
            this.neighbour = setting.add("device-c", Setting.WIDE);
            attached.put(Pasid.NONE, setting.bench().withoutPasid(0));
            attached.put(Setting.PASID, setting.bench().onPasid(0));
            attached.put(Setting.OTHER, setting.bench().onPasid(2));
            attached.forEach((pasid, domain) -> setting.attached(domain, pasid));
        }

        /** Its end meets fault {@code n}; says whether there were so many. */
        boolean reset(int n) {
            subsystem.prepareRecovery(device);
            setting.bench().failCall(n);
            Performed end = setting.perform("end of the reset", () -> subsystem.recoveryDone(device));
            List<String> failed = setting.bench().failed();
            setting.bench().failCall(0);
            String what = end.what() + " (" + (failed.isEmpty() ? "nothing failed" : failed.get(0)) + ")";
            check(end.thrown().isEmpty(), what + " does not fail", end.outcome());
            boolean off = false;
            for (var entry : attached.entrySet()) {
                boolean blocked = !failed.isEmpty() && setting.bench().isBlocked(device, entry.getKey());
                off |= blocked;
                if (!blocked) {
                    setting.checkMeets(Rule.CORE_10, "after " + what, device, entry.getKey(), entry.getValue());
                }
                setting.checkMeets(Rule.CORE_10, "after " + what, neighbour, entry.getKey(), entry.getValue());
            }
            check(
                    off != end.warnings().isEmpty(),
                    what + " warns if, and only if, something stays off",
                    end.warnings());
            Performed after = setting.perform(
                    "replace after the reset",
                    () -> subsystem.replace(
                            setting.bench().onPasid(1), neighbour, Setting.PASID, setting.handle("after")));
            check(after.thrown().isEmpty(), "after the reset the group can be changed", after.outcome());
            return !failed.isEmpty();
        }

        private void check(boolean kept, String expected, Object observed) {
            setting.check(Rule.CORE_10, kept, expected, observed);
        }
    }
}
