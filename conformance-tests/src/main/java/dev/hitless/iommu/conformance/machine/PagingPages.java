package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Protection;
import java.util.Optional;

/** Map and unmap of a paging domain. */
final class PagingPages implements PageChanger {
    private static final long PAGE = 0x1000;

    private final PagingDomain domain;
    private final int colour;

    PagingPages(PagingDomain domain, int colour) {
        this.domain = domain;
        this.colour = colour;
    }

    @Override
    public Optional<Mapping> spare() {
        return Optional.of(new Mapping(Content.SCRATCH, Content.scratchOutput(colour), PAGE, true));
    }

    @Override
    public void map(Mapping mapping) {
        domain.map(mapping.iova(), mapping.output(), mapping.lengthBytes(), Protection.READ_WRITE);
    }

    @Override
    public boolean isMapped(Mapping mapping) {
        return domain.iovaToPhysical(mapping.iova()).isPresent();
    }

    @Override
    public void unmap(Mapping mapping) {
        domain.unmap(mapping.iova(), mapping.lengthBytes());
    }
}
