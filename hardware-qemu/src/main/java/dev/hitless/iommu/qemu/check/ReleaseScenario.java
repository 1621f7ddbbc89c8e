package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A device is let go with a domain still attached: the driver warns, and its DMA ends blocked. */
final class ReleaseScenario extends QemuScenario {
    private final DomainKind kind;

    ReleaseScenario(Setup setup, DomainKind kind) {
        super(setup, "rid/" + kind.label() + "/release");
        this.kind = kind;
    }

    @Override
    void run(QemuMachine machine, Tally tally) {
        QemuDevice subject = machine.probe(0, Pasid.NONE);
        QemuDevice bystander = machine.probe(1, Pasid.NONE);
        TestDomain domain = machine.domain(kind);
        TestDomain other = machine.domain(machine.pagingKind());
        machine.set(subject, domain);
        machine.set(bystander, other);
        Watch watch = new Watch(machine, subject, Optional.of(bystander));
        watch.prepare(other);
        int warnings = machine.recording().warnings().size();

        Recording recording = machine.record("release " + subject, watch, () -> machine.release(subject));

        if (recording.failure().isPresent()) {
            tally.error(name(), "release fails: " + recording.failure().get());
            return;
        }
        boolean warned = machine.recording().warnings().size() > warnings;
        tally.judged(
                name(),
                Set.of(Rule.DRV_10),
                1,
                warned ? List.of() : List.of(Finding.of(Rule.DRV_10, -1, "a warning", "none")),
                List.of("release"));
        watch.everything(recording.trace().end());
        watch.probedAgain(machine.probe(0, Pasid.NONE));
        List<Seen> seen = watch.results(other);
        Meant nothing = (iova, write) -> OptionalLong.empty();
        Change change = new Change(recording, domain::reached, nothing, ReplaceGuarantee.BREAK_BEFORE_MAKE, true);
        new WatchedChange(name(), machine, tally).check(change, watch, seen);
    }
}
