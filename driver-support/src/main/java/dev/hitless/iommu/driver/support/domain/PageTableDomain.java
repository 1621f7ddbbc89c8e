package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.pagetable.PageTable;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator;
import java.util.OptionalLong;

/**
 * A domain with a page table of its own. What hardware is told of changes to the table, the driver's subclass says, as
 * the table's {@link TranslationInvalidator}.
 */
public abstract class PageTableDomain extends AllocatedDomain implements PagingDomain, TranslationInvalidator {
    private final PagingFormat format;
    private final PageTable table;

    /**
     * With an empty table, its root visible to the hardware.
     *
     * @param tableFormat how tables of {@code format} are written
     * @param memory where they are; whether it is coherent is about page walks
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    // The table tells its domain of changes, of which there are none before the domain is ready.
    @SuppressWarnings("this-escape")
    protected PageTableDomain(
            DomainOwner owner, String name, PagingFormat format, PageTableFormat tableFormat, EntryMemory memory) {
        super(owner, DomainType.PAGING, name);
        this.format = format;
        this.table = PageTable.create(
                tableFormat, memory.memory(), memory.isCoherent(), owner.locks().create("page-table", name), this);
    }

    /** Physical address of the root table. Never changes. */
    protected final long root() {
        return table.root();
    }

    @Override
    public final PagingFormat format() {
        return format;
    }

    @Override
    public final String matrixName() {
        return format.matrixName();
    }

    @Override
    public final void map(long iova, long physical, long lengthBytes, Protection protection) {
        requireNotFreed();
        table.map(iova, physical, lengthBytes, protection);
    }

    @Override
    public final long unmap(long iova, long lengthBytes) {
        requireNotFreed();
        return table.unmap(iova, lengthBytes);
    }

    @Override
    public final OptionalLong iovaToPhysical(long iova) {
        requireNotFreed();
        return table.iovaToPhysical(iova);
    }

    /** Gives the tables back; ids are the subclass's. */
    @Override
    protected void release() {
        table.free();
    }
}
