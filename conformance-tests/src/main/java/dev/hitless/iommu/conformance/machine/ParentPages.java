package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Protection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The host takes pages away from a guest, and gives them back: unmaps and maps them in the parent of a nested domain. */
final class ParentPages implements PageChanger {
    private final PagingDomain parent;
    private final Map<Mapping, Long> guestAddresses = new HashMap<>();

    ParentPages(PagingDomain parent) {
        this.parent = parent;
    }

    void note(Mapping mapping, long guestAddress) {
        guestAddresses.put(mapping, guestAddress);
    }

    @Override
    public Optional<Mapping> spare() {
        return Optional.empty();
    }

    @Override
    public void map(Mapping mapping) {
        parent.map(guestAddress(mapping), mapping.output(), mapping.lengthBytes(), Protection.READ_WRITE);
    }

    @Override
    public boolean isMapped(Mapping mapping) {
        return parent.iovaToPhysical(guestAddress(mapping)).isPresent();
    }

    @Override
    public void unmap(Mapping mapping) {
        parent.unmap(guestAddress(mapping), mapping.lengthBytes());
    }

    /** Where the guest sees the page of {@code mapping}. */
    long guestAddress(Mapping mapping) {
        Long guestAddress = guestAddresses.get(mapping);
        if (guestAddress == null) {
            throw new IllegalArgumentException("the guest has no mapping " + mapping);
        }
        return guestAddress;
    }
}
