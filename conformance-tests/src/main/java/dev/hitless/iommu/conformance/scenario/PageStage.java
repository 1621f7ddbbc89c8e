package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.GuestPasids;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A domain that several devices and PASIDs work through, before its pages change. */
final class PageStage {
    private final Machine machine;
    private final TestDevice first;
    private final TestDevice second;
    private final ModelledDomain domain;
    private final ModelledDomain other;
    private String impossible = "";

    private PageStage(Machine machine, DomainKind kind) {
        this.machine = machine;
        this.first = machine.probe("device-a", 0x0020);
        this.second = machine.probe("device-b", List.of(0x00A8, 0x00B0));
        this.domain = machine.domain(kind);
        this.other = machine.domain(kind);
    }

    static PageStage set(Machine machine, DomainKind kind, boolean withPasid) {
        PageStage stage = new PageStage(machine, kind);
        Pasid pasid = withPasid ? Pasid.of(0x5) : Pasid.NONE;
        stage.attach(stage.first, pasid, stage.domain);
        stage.attach(stage.second, pasid, stage.domain);
        if (withPasid) {
            stage.attach(stage.first, Pasid.of(0x6), stage.domain);
            stage.attach(stage.second, Pasid.of(0x4C5), stage.other);
        }
        return stage;
    }

    private void attach(TestDevice device, Pasid pasid, ModelledDomain wanted) {
        if (!impossible.isEmpty()) {
            return;
        }
        if (machine.promise(device, pasid, wanted) == ReplaceGuarantee.UNSUPPORTED) {
            impossible = "the driver refuses " + domain.kind() + " for several users";
        } else {
            machine.set(device, pasid, wanted);
        }
    }

    /** Why this cannot be set up with this driver; empty if it is set up. */
    String impossible() {
        return impossible;
    }

    Machine machine() {
        return machine;
    }

    /** One of the devices. */
    TestDevice device() {
        return first;
    }

    ModelledDomain domain() {
        return domain;
    }

    /** Addresses to ask for when {@code mapping} changes. */
    long[] probes(Mapping mapping) {
        return Content.probes(List.of(domain, other), mapping.iova());
    }

    /** Everybody, with what the domain maps before and after. */
    List<Watched> watched(List<Mapping> before, List<Mapping> after) {
        List<Watched> watched = new ArrayList<>();
        for (Map.Entry<Stream, ModelledDomain> entry : machine.streams().entrySet()) {
            ModelledDomain behind = entry.getValue();
            watched.add(
                    behind == domain
                            ? new Watched(
                                    entry.getKey(),
                                    true,
                                    (iova, write) -> Expected.of(before, iova, write),
                                    (iova, write) -> Expected.of(after, iova, write))
                            : new Watched(entry.getKey(), false, behind::expected, behind::expected));
        }
        for (TestDevice device : machine.devices()) {
            ModelledDomain behind = machine.attached(device, Pasid.NONE);
            for (Stream stream : device.streams(behind.guestPasids(), behind.guestPasids())) {
                GuestPasids guest = behind.guestPasids();
                List<Mapping> mappings = behind.mappings();
                boolean subject = behind == domain;
                watched.add(new Watched(
                        stream,
                        subject,
                        (iova, write) -> guest.expected(stream.pasid(), subject ? before : mappings, iova, write),
                        (iova, write) -> guest.expected(stream.pasid(), subject ? after : mappings, iova, write)));
            }
        }
        watched.sort(
                (one, two) -> one.stream().toString().compareTo(two.stream().toString()));
        return watched;
    }
}
