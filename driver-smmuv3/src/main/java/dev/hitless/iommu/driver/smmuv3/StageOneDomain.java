package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTable;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.OptionalLong;

/** A stage-1 page table. */
final class StageOneDomain extends ContextDomain implements PagingDomain {
    private final PagingFormat format;
    private final PageTable table;

    /** Throws ENOMEM, ENOSPC. */
    StageOneDomain(Smmuv3Driver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver, DomainType.PAGING, name);
        this.format = format;
        try {
            this.table = PageTable.create(
                    tableFormat,
                    unit().tables().memory(),
                    unit().hardware().coherent(),
                    unit().newLock("page-table", name),
                    new TableInvalidator(this));
        } catch (IommuException e) {
            freeAsid();
            throw e;
        }
    }

    @Override
    public PagingFormat format() {
        return format;
    }

    @Override
    public String matrixName() {
        return format.matrixName();
    }

    @Override
    EntryContent contextDescriptor() {
        return ContextDescriptor.of(
                unit().hardware(), asid(), table.root(), format.inputAddressBits(), ContextDescriptor.OWN_MAIR);
    }

    @Override
    public void map(long iova, long physical, long lengthBytes, Protection protection) {
        requireNotFreed();
        table.map(iova, physical, lengthBytes, protection);
    }

    @Override
    public long unmap(long iova, long lengthBytes) {
        requireNotFreed();
        return table.unmap(iova, lengthBytes);
    }

    @Override
    public OptionalLong iovaToPhysical(long iova) {
        requireNotFreed();
        return table.iovaToPhysical(iova);
    }

    @Override
    void release() {
        table.free();
        freeAsid();
    }
}
