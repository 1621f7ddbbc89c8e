package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The CPU takes pages out of a shared address space and tells the driver. */
final class SharedPages implements PageChanger {
    private final SharedAddressSpace space;
    private final PhysicalMemory memory;
    private final Set<Mapping> removed = new HashSet<>();

    SharedPages(SharedAddressSpace space, PhysicalMemory memory) {
        this.space = space;
        this.memory = memory;
    }

    @Override
    public Optional<Mapping> spare() {
        return Optional.empty();
    }

    @Override
    public void map(Mapping mapping) {
        throw new IllegalStateException("a shared address space offers no spare mapping");
    }

    @Override
    public boolean isMapped(Mapping mapping) {
        return !removed.contains(mapping);
    }

    @Override
    public void die() {
        space.release();
    }

    @Override
    public void unmap(Mapping mapping) {
        removed.add(mapping);
        space.table().unmap(mapping.iova(), mapping.lengthBytes());
        // The CPU's own page-table code makes its store visible before it tells anybody.
        memory.writeBarrier();
        space.invalidate(mapping.iova(), mapping.lengthBytes());
    }
}
