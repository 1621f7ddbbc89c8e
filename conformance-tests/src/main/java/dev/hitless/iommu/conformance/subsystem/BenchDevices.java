package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** The devices of a bench over a machine: what is attached to each, and what its requests meet. */
final class BenchDevices {
    private final Machine machine;
    private final TappedDriver tap;
    private final BenchDomains domains;
    private final Map<IommuDevice, TestDevice> devices = new IdentityHashMap<>();

    BenchDevices(Machine machine, TappedDriver tap, BenchDomains domains) {
        this.machine = machine;
        this.tap = tap;
        this.domains = domains;
    }

    void added(IommuDevice device) {
        TestDevice known = machine.adopt(TappedDriver.real(device));
        devices.put(device, known);
        tap.attachments(device).forEach((pasid, domain) -> machine.note(known, pasid, domains.modelled(domain)));
    }

    void removed(IommuDevice device) {
        machine.forget(test(device));
        devices.remove(device);
    }

    boolean contains(IommuDevice device) {
        return devices.containsKey(device);
    }

    TestDevice test(IommuDevice device) {
        TestDevice found = devices.get(device);
        if (found == null) {
            throw new IllegalStateException("device " + device.name() + " is not one of this bench");
        }
        return found;
    }

    /** What the driver says is attached. */
    IommuDomain inForce(IommuDevice device, Pasid pasid) {
        return tap.attachments(device).getOrDefault(pasid, tap.blockedDomain());
    }

    /** The driver's record says whether a change took place; after a fault below it, DMA says whether it had to fence. */
    void note(IommuDevice device, Pasid pasid) {
        boolean fenced = !machine.platform().faults().injected().isEmpty() && isBlocked(device, pasid);
        machine.note(test(device), pasid, fenced ? machine.blocked() : domains.modelled(inForce(device, pasid)));
    }

    boolean isBlocked(IommuDevice device, Pasid pasid) {
        return mismatch(device, pasid, machine.blocked()).isEmpty();
    }

    /** The first request that meets something else than {@code meant}, and what. */
    Optional<String> mismatch(IommuDevice device, Pasid pasid, ModelledDomain meant) {
        Recording look = machine.platform().record("look at the tables", () -> {});
        ImageReader tables = new ImageReader(look.trace().after());
        for (Stream stream : test(device).streams(pasid)) {
            for (long iova : Content.probes(machine.domains())) {
                Expected expected = meant.expected(iova, false);
                Outcome outcome = tables.outcome(look.trace().walker(), stream.request(iova, false, false));
                if (!expected.matches(outcome)) {
                    return Optional.of(
                            "a read of 0x" + Long.toHexString(iova) + " meets " + outcome + " instead of " + expected);
                }
            }
        }
        return Optional.empty();
    }
}
