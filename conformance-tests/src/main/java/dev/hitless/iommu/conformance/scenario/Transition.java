package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.machine.DomainKind;
import java.util.ArrayList;
import java.util.List;

/**
 * A change of domain.
 *
 * @param withPasid behind a PASID, or behind requests without
 * @param from what is attached
 * @param to what is set
 */
public record Transition(boolean withPasid, DomainKind from, DomainKind to) {
    /** From each kind of domain that a driver offers, blocked included, to each; the same kind where there are several of it. */
    static List<Transition> offered(DriverCapabilities claimed, boolean withPasid) {
        List<Transition> transitions = new ArrayList<>();
        if (withPasid && !claimed.has(Capability.PASID)) {
            return transitions;
        }
        List<DomainKind> kinds = new ArrayList<>(DomainKind.offered(claimed, withPasid));
        kinds.add(DomainKind.BLOCKED);
        for (DomainKind from : kinds) {
            for (DomainKind to : kinds) {
                if (!from.equals(to) || from.hasInstances()) {
                    transitions.add(new Transition(withPasid, from, to));
                }
            }
        }
        return transitions;
    }

    /** {@code pasid} or {@code rid}, as in reports. */
    public String path() {
        return withPasid ? "pasid" : "rid";
    }

    @Override
    public String toString() {
        return path() + "/" + from + "->" + to;
    }
}
