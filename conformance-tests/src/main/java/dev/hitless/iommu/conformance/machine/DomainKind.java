package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.PagingFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A kind of domain that a driver offers: a page-table format, or one of the others.
 *
 * @param label unique name, for example {@code first-stage-5-level}, {@code sva}
 * @param type its type
 * @param format its format, for paging domains
 */
public record DomainKind(String label, DomainType type, Optional<PagingFormat> format) {
    /** The blocked domain. */
    public static final DomainKind BLOCKED = new DomainKind("blocked", DomainType.BLOCKED, Optional.empty());

    /** Domains of address spaces that are shared with CPUs. */
    public static final DomainKind SVA = new DomainKind("sva", DomainType.SVA, Optional.empty());

    /** Kinds that the driver claims for a PASID ({@code onPasid}) or for requests without, blocked excluded. */
    public static List<DomainKind> offered(DriverCapabilities capabilities, boolean onPasid) {
        List<DomainKind> kinds = new ArrayList<>();
        for (PagingFormat format : capabilities.formats()) {
            if (onPasid ? format.onPasid() : format.withoutPasid()) {
                kinds.add(new DomainKind(format.label(), DomainType.PAGING, Optional.of(format)));
            }
        }
        var types = onPasid ? capabilities.onPasid() : capabilities.withoutPasid();
        if (types.contains(DomainType.SVA) && capabilities.has(Capability.SVA)) {
            kinds.add(SVA);
        }
        addIf(
                kinds,
                types.contains(DomainType.NESTED) && capabilities.has(Capability.NESTED),
                "nested",
                DomainType.NESTED);
        addIf(
                kinds,
                types.contains(DomainType.IDENTITY) && capabilities.has(Capability.IDENTITY),
                "identity",
                DomainType.IDENTITY);
        return kinds;
    }

    private static void addIf(List<DomainKind> kinds, boolean offered, String label, DomainType type) {
        if (offered) {
            kinds.add(new DomainKind(label, type, Optional.empty()));
        }
    }

    /** Whether two domains of this kind can differ. */
    public boolean hasInstances() {
        return type != DomainType.BLOCKED && type != DomainType.IDENTITY;
    }

    @Override
    public String toString() {
        return label;
    }
}
