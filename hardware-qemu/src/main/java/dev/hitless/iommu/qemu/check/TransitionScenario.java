package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One domain in place of another, or of none, or none in place of one; a second device looks on. */
final class TransitionScenario extends QemuScenario {
    /** The PASID that can be reached: QEMU says that its PASIDs have one bit. */
    static final Pasid REACHABLE = Pasid.of(1);

    private final DomainKind from;
    private final DomainKind to;
    private final Pasid pasid;
    private final Company company;

    /** Who else is there. */
    enum Company {
        /** A device behind a root port, with a domain of its own. */
        STRANGER("beside-a-stranger", true),
        /** The same, and the platform has no 128-bit stores. */
        WITHOUT_STORE128("no-store128", false),
        /** A device behind a root port, with the old domain. */
        SHARES_OLD("shares-old", true),
        /** The subject is the one behind the root port. */
        SUBJECT_BEHIND_BRIDGE("behind-bridge", true);

        private final String label;
        private final boolean store128;

        Company(String label, boolean store128) {
            this.label = label;
            this.store128 = store128;
        }
    }

    TransitionScenario(Setup setup, DomainKind from, DomainKind to, Pasid pasid, Company company) {
        super(setup, (pasid.isNone() ? "rid" : "pasid") + "/" + from.label() + "->" + to.label() + "/" + company.label);
        this.from = from;
        this.to = to;
        this.pasid = pasid;
        this.company = company;
    }

    @Override
    boolean offersStore128() {
        return company.store128;
    }

    @Override
    void run(QemuMachine machine, Tally tally) {
        boolean behindBridge = company == Company.SUBJECT_BEHIND_BRIDGE;
        QemuDevice subject = machine.probe(behindBridge ? 1 : 0, pasid);
        QemuDevice bystander = machine.probe(behindBridge ? 0 : 1, Pasid.NONE);
        TestDomain old = machine.domain(from);
        TestDomain replacement = machine.domain(to);
        machine.set(subject, old);
        machine.set(bystander, company == Company.SHARES_OLD ? old : machine.domain(machine.pagingKind()));
        Watch watch = new Watch(machine, subject, Optional.of(bystander));
        TestDomain reachable = bystander.attached();
        watch.prepare(reachable);
        ReplaceGuarantee promise =
                machine.driver().replaceGuarantee(subject.device(), pasid, old.domain(), replacement.domain());

        Recording recording = machine.record(subject + ": " + old + " -> " + replacement, watch, () -> replacement
                .domain()
                .setDevPasid(subject.device(), pasid, old.domain()));

        if (recording.failure().isPresent()) {
            judgeRefusal(tally, promise, recording.failure().get());
            return;
        }
        subject.attach(replacement);
        checkTracking(machine, subject, tally);
        watch.everything(recording.trace().end());
        List<Seen> seen = watch.results(reachable);
        boolean removal = old.isBlocked() || replacement.isBlocked();
        Change change = new Change(recording, old::reached, replacement::reached, promise, removal);
        new WatchedChange(name(), machine, tally).check(change, watch, seen);
    }

    private void judgeRefusal(Tally tally, ReplaceGuarantee promise, RuntimeException refused) {
        if (!(refused instanceof IommuException)) {
            tally.error(name(), "the operation breaks off: " + refused);
        } else if (promise != ReplaceGuarantee.UNSUPPORTED) {
            Finding failed = Finding.of(Rule.DRV_01, -1, "success, as promised: " + promise, refused.toString());
            tally.judged(name(), Set.of(Rule.DRV_01), 1, List.of(failed), List.of("the operation"));
        }
    }

    private void checkTracking(QemuMachine machine, QemuDevice subject, Tally tally) {
        Map<Pasid, ?> known = machine.driver().attachments(subject.device());
        boolean blocked = subject.attached().kind().type() == DomainType.BLOCKED;
        boolean right = blocked
                ? !known.containsKey(pasid)
                : subject.attached().domain().equals(known.get(pasid));
        List<Finding> findings = right
                ? List.of()
                : List.of(Finding.of(Rule.DRV_10, -1, subject.attached() + " attached", "the driver knows " + known));
        tally.judged(name(), Set.of(Rule.DRV_10), 1, findings, List.of("after the operation"));
    }
}
