package dev.hitless.iommu.exactness;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.PageChanger;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lets a real driver attach, replace, remove, map and unmap on its hardware model, and keeps the traces. */
final class RealTraces {
    private static final Pasid SUBJECT = Pasid.of(0x5);
    private static final Pasid NEIGHBOUR = Pasid.of(0x6);

    private final IommuDriverProvider driver;
    private final HardwareModelProvider hardware;
    private final HardwareConfiguration configuration;
    private final boolean store128;
    private final String label;
    private final List<RecordedTrace> traces = new ArrayList<>();

    private RealTraces(
            IommuDriverProvider driver, HardwareModelProvider hardware, Map<String, String> chosen, boolean store128) {
        this.driver = driver;
        this.hardware = hardware;
        this.configuration = HardwareConfiguration.of(hardware.options(), chosen);
        this.store128 = store128;
        this.label = chosen + (store128 ? "" : " without 128-bit stores");
    }

    /** Traces on hardware that differs from the usual by {@code chosen}. */
    static List<RecordedTrace> of(
            IommuDriverProvider driver, HardwareModelProvider hardware, Map<String, String> chosen, boolean store128) {
        RealTraces recorder = new RealTraces(driver, hardware, chosen, store128);
        for (boolean withPasid : new boolean[] {true, false}) {
            recorder.recordChanges(withPasid);
            recorder.recordPages(withPasid);
        }
        return recorder.traces;
    }

    private Machine machine() {
        return new Machine(hardware, configuration, driver, store128);
    }

    private List<DomainKind> kinds(boolean withPasid) {
        Machine machine = machine();
        List<DomainKind> kinds =
                new ArrayList<>(DomainKind.offered(machine.driver().capabilities(), withPasid));
        kinds.add(DomainKind.BLOCKED);
        return kinds;
    }

    private void recordChanges(boolean withPasid) {
        List<DomainKind> kinds = kinds(withPasid);
        for (DomainKind from : kinds) {
            for (DomainKind to : kinds) {
                if (!from.equals(to) || from.hasInstances()) {
                    recordChange(withPasid, from, to);
                }
            }
        }
    }

    private void recordChange(boolean withPasid, DomainKind fromKind, DomainKind toKind) {
        Machine machine = machine();
        TestDevice device = machine.probe("device-a", 0x0020);
        TestDevice second = machine.probe("device-b", 0x00A8);
        ModelledDomain from = machine.domain(fromKind);
        ModelledDomain to = machine.domain(toKind);
        Pasid pasid = withPasid ? SUBJECT : Pasid.NONE;
        if (!attach(machine, second, pasid, from)
                || !attach(machine, device, pasid, from)
                || (withPasid && !attach(machine, device, NEIGHBOUR, to))
                || machine.promise(device, pasid, to) == ReplaceGuarantee.UNSUPPORTED) {
            return;
        }
        Recording recording = machine.recordSet(device, pasid, to);
        keep(machine, (withPasid ? "pasid/" : "rid/") + fromKind + "->" + toKind, recording);
    }

    private void recordPages(boolean withPasid) {
        for (DomainKind kind : kinds(withPasid)) {
            if (kind.hasInstances()) {
                recordPages(withPasid, kind);
            }
        }
    }

    private void recordPages(boolean withPasid, DomainKind kind) {
        Machine machine = machine();
        TestDevice device = machine.probe("device-a", 0x0020);
        ModelledDomain domain = machine.domain(kind);
        Pasid pasid = withPasid ? SUBJECT : Pasid.NONE;
        if (!attach(machine, device, pasid, domain)) {
            return;
        }
        String name = (withPasid ? "pasid/" : "rid/") + kind;
        PageChanger pages = domain.pages().orElseThrow();
        pages.spare().ifPresent(spare -> {
            keep(machine, name + "/map", machine.platform().record("map", () -> pages.map(spare)), spare.iova());
            keep(machine, name + "/unmap", machine.platform().record("unmap", () -> pages.unmap(spare)), spare.iova());
        });
        Mapping first = domain.mappings().get(0);
        keep(
                machine,
                name + "/unmap first",
                machine.platform().record("unmap", () -> pages.unmap(first)),
                first.iova());
    }

    private static boolean attach(Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        if (domain == machine.blocked()) {
            return true;
        }
        if ((!pasid.isNone() && pasid.value() >= device.device().maxPasids())
                || machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            return false;
        }
        machine.set(device, pasid, domain);
        return true;
    }

    private void keep(Machine machine, String name, Recording recording, long... further) {
        Set<Stream> streams = new LinkedHashSet<>(machine.streams().keySet());
        for (TestDevice device : machine.devices()) {
            streams.addAll(device.streams(name.startsWith("pasid") ? SUBJECT : Pasid.NONE));
        }
        long[] probes = Content.probes(machine.domains(), further);
        traces.add(new RecordedTrace(name + " " + label, recording.trace(), List.copyOf(streams), probes));
    }
}
