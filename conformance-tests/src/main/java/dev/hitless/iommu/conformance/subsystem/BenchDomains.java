package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.SharedAddressSpace;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The domains of a bench over a machine: what the subsystem sees of each, with what it is meant to translate. */
final class BenchDomains {
    private final Machine machine;
    private final TappedDriver tap;
    private final Map<IommuDomain, ModelledDomain> modelled = new IdentityHashMap<>();
    private final List<SharedAddressSpace> addressSpaces = new ArrayList<>();

    BenchDomains(Machine machine, TappedDriver tap) {
        this.machine = machine;
        this.tap = tap;
        modelled.put(tap.blockedDomain(), machine.blocked());
        tap.whenSharing((space, domain) -> add(machine.adopt((SharedAddressSpace) space, domain)));
    }

    /** A new domain, as the subsystem sees it. */
    IommuDomain make(DomainKind kind) {
        return add(machine.domain(kind));
    }

    private IommuDomain add(ModelledDomain domain) {
        IommuDomain tapped = tap.tapped(domain.domain());
        modelled.put(tapped, domain);
        return tapped;
    }

    /** Address space {@code number}; empty if the driver has no domains for such. */
    Optional<AddressSpace> addressSpace(int number) {
        if (!DomainKind.offered(machine.driver().capabilities(), true).contains(DomainKind.SVA)) {
            return Optional.empty();
        }
        while (addressSpaces.size() <= number) {
            addressSpaces.add(machine.addressSpace(machine.domains().size() + addressSpaces.size()));
        }
        return Optional.of(addressSpaces.get(number));
    }

    /** Whether {@code domain} is one of the bench's. */
    boolean contains(IommuDomain domain) {
        return modelled.containsKey(domain);
    }

    ModelledDomain modelled(IommuDomain domain) {
        ModelledDomain found = modelled.get(domain);
        if (found == null) {
            throw new IllegalStateException("domain " + domain.name() + " is not one of this bench");
        }
        return found;
    }
}
