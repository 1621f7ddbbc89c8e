package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A page is mapped in a domain in use, then unmapped; DMA meets it at every instant, and not any more afterwards. */
final class PagesScenario extends QemuScenario {
    private final DomainKind kind;
    private final Pasid pasid;

    PagesScenario(Setup setup, DomainKind kind, Pasid pasid) {
        super(setup, (pasid.isNone() ? "rid" : "pasid") + "/" + kind.label() + "/map-and-unmap");
        this.kind = kind;
        this.pasid = pasid;
    }

    @Override
    void run(QemuMachine machine, Tally tally) {
        QemuDevice subject = machine.probe(0, pasid);
        QemuDevice other = machine.probe(1, Pasid.NONE);
        TestDomain domain = machine.domain(kind);
        machine.set(subject, domain);
        machine.set(other, machine.domain(machine.pagingKind()));
        TestPages.Page page = domain.scratch();
        Meant without = without(page, domain);
        Meant with = with(page, domain);
        change(machine, tally, subject, other, "map", () -> domain.map(page), without, with);
        change(machine, tally, subject, other, "unmap", () -> domain.unmap(page), with, without);
    }

    private void change(
            QemuMachine machine,
            Tally tally,
            QemuDevice subject,
            QemuDevice other,
            String what,
            Runnable operation,
            Meant before,
            Meant after) {
        Watch watch = new Watch(machine, subject, Optional.of(other));
        watch.prepare(subject.attached());
        Recording recording = machine.record(what, watch, operation);
        if (recording.failure().isPresent()) {
            tally.error(name(), what + " fails: " + recording.failure().get());
            return;
        }
        watch.everything(recording.trace().end());
        List<Seen> seen = watch.results(subject.attached());
        Change change = new Change(recording, before, after, ReplaceGuarantee.HITLESS, false);
        new WatchedChange(name(), machine, tally).check(change, watch, seen);
    }

    private static boolean isIn(TestPages.Page page, long iova) {
        return iova >= page.iova() && iova < page.iova() + page.lengthBytes();
    }

    private static Meant without(TestPages.Page page, TestDomain domain) {
        return (iova, write) -> isIn(page, iova) ? OptionalLong.empty() : domain.reached(iova, write);
    }

    private static Meant with(TestPages.Page page, TestDomain domain) {
        return (iova, write) ->
                isIn(page, iova) ? OptionalLong.of(page.output() + iova - page.iova()) : domain.reached(iova, write);
    }
}
