package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.PageChanger;
import java.util.Optional;

/** A page comes or goes. Whoever uses the domain while that happens is a subject. */
final class PageChange implements MachineOperation {
    private final ModelledDomain domain;
    private final Mapping mapping;
    private final boolean adds;

    private PageChange(ModelledDomain domain, Mapping mapping, boolean adds) {
        this.domain = domain;
        this.mapping = mapping;
        this.adds = adds;
    }

    static PageChange map(ModelledDomain domain, Mapping mapping) {
        return new PageChange(domain, mapping, true);
    }

    static PageChange unmap(ModelledDomain domain, Mapping mapping) {
        return new PageChange(domain, mapping, false);
    }

    @Override
    public String name() {
        return domain + (adds ? ": map " : ": unmap ") + mapping;
    }

    @Override
    public void run() {
        PageChanger pages = domain.pages().orElseThrow();
        if (adds) {
            pages.map(mapping);
        } else {
            pages.unmap(mapping);
        }
    }

    @Override
    public void note() {
        if (adds) {
            domain.intend(mapping);
        } else {
            domain.forget(mapping);
        }
    }

    @Override
    public Optional<Mapping> page() {
        return Optional.of(mapping);
    }
}
