package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.machine.DomainKind;

/**
 * A change of domain.
 *
 * @param withPasid behind a PASID, or behind requests without
 * @param from what is attached
 * @param to what is set
 */
public record Transition(boolean withPasid, DomainKind from, DomainKind to) {
    /** {@code pasid} or {@code rid}, as in reports. */
    public String path() {
        return withPasid ? "pasid" : "rid";
    }

    @Override
    public String toString() {
        return path() + "/" + from + "->" + to;
    }
}
