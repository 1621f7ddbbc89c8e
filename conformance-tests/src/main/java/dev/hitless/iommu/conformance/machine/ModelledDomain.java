package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDomain;
import java.util.ArrayList;
import java.util.List;

/** A driver's domain together with what it is meant to translate. */
public final class ModelledDomain {
    /** Below this every machine has physical addresses, as far as identity goes. */
    private static final long IDENTITY_CERTAIN_BELOW = 1L << 38;

    private final DomainKind kind;
    private final int colour;
    private final IommuDomain domain;
    private final Runnable freeing;
    private final List<Mapping> mappings = new ArrayList<>();

    ModelledDomain(DomainKind kind, int colour, IommuDomain domain, List<Mapping> mappings, Runnable freeing) {
        this.kind = kind;
        this.colour = colour;
        this.domain = domain;
        this.freeing = freeing;
        this.mappings.addAll(mappings);
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
        for (Mapping mapping : mappings) {
            if (mapping.contains(iova)) {
                return write && !mapping.write()
                        ? Expected.PERMISSION
                        : Expected.translated(mapping.output() + (iova - mapping.iova()));
            }
        }
        return Expected.NOT_MAPPED;
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
