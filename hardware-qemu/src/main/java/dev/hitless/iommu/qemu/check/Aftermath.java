package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.List;
import java.util.Set;

/** What has to be true when a scenario is over and everything is taken down. */
final class Aftermath {
    private final String scenario;
    private final QemuMachine machine;
    private final Tally tally;

    Aftermath(String scenario, QemuMachine machine, Tally tally) {
        this.scenario = scenario;
        this.machine = machine;
        this.tally = tally;
    }

    void check() {
        machine.tearDown();
        long left = machine.recording().allocatedBytes();
        List<Finding> findings = left == 0
                ? List.of()
                : List.of(Finding.of(Rule.DRV_24, -1, "nothing left allocated", left + " bytes left"));
        tally.judged(scenario, Set.of(Rule.DRV_24), 1, findings, List.of("shut down"));
        machine.disagreements().kept().forEach(what -> tally.disagree(scenario, what));
    }
}
