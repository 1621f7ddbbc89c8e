package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A driver's domain together with what it is meant to translate. */
public final class ModelledDomain {
    /** Below this every machine has physical addresses, as far as identity goes. */
    private static final long IDENTITY_CERTAIN_BELOW = 1L << 38;

    private final DomainKind kind;
    private final int colour;
    private final IommuDomain domain;
    private final Runnable freeing;
    private final Optional<PageChanger> pages;
    private final List<Mapping> mappings = new ArrayList<>();
    private final GuestPasids guestPasids;

    ModelledDomain(
            DomainKind kind,
            int colour,
            IommuDomain domain,
            List<Mapping> mappings,
            Optional<PageChanger> pages,
            Runnable freeing) {
        this(kind, colour, domain, mappings, GuestPasids.NONE, pages, freeing);
    }

    ModelledDomain(
            DomainKind kind,
            int colour,
            IommuDomain domain,
            List<Mapping> mappings,
            GuestPasids guestPasids,
            Optional<PageChanger> pages,
            Runnable freeing) {
        this.kind = kind;
        this.colour = colour;
        this.domain = domain;
        this.freeing = freeing;
        this.pages = pages;
        this.mappings.addAll(mappings);
        this.guestPasids = guestPasids;
    }

    /** Its kind. */
    public DomainKind kind() {
        return kind;
    }

    /** Which of several domains: decides output addresses and what is mapped. */
    public int colour() {
        return colour;
    }

    /** The driver's domain. */
    public IommuDomain domain() {
        return domain;
    }

    /** What is meant for a request. */
    public Expected expected(long iova, boolean write) {
        if (kind.type() == DomainType.BLOCKED) {
            return Expected.BLOCKED;
        }
        if (kind.type() == DomainType.IDENTITY) {
            return Long.compareUnsigned(iova, IDENTITY_CERTAIN_BELOW) < 0
                    ? Expected.translated(iova)
                    : Expected.UNSPECIFIED;
        }
        return Expected.of(mappings, iova, write);
    }

    /** What it does, behind requests without PASID, with requests that carry a PASID of the guest's own. */
    public GuestPasids guestPasids() {
        return guestPasids;
    }

    /** What is meant for a request with {@code pasid} of a guest's own, while this is behind requests without PASID. */
    public Expected expectedBehind(int pasid, long iova, boolean write) {
        return kind.type() == DomainType.BLOCKED
                ? Expected.BLOCKED
                : guestPasids.expected(pasid, mappings, iova, write);
    }

    /** How to change single pages while devices use the domain; empty if there is no way. */
    public Optional<PageChanger> pages() {
        return pages;
    }

    /** What is meant to be mapped. A copy. */
    public List<Mapping> mappings() {
        return List.copyOf(mappings);
    }

    /** From now on {@code mapping} is meant to be there. */
    public void intend(Mapping mapping) {
        mappings.add(mapping);
    }

    /** From now on {@code mapping} is meant not to be there. */
    public void forget(Mapping mapping) {
        mappings.remove(mapping);
    }

    void free() {
        freeing.run();
    }

    @Override
    public String toString() {
        return domain.name();
    }
}
