package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.driver.support.domain.PageTableDomain;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import dev.hitless.iommu.driver.support.update.EntryContent;

/** A stage-1 page table. */
final class StageOneDomain extends PageTableDomain implements ContextDomain {
    private final SmmuUnit unit;
    private final int asid;
    private final BorrowedVmids borrowedVmids;

    /** Throws ENOMEM, ENOSPC. */
    StageOneDomain(Smmuv3Driver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver.domainOwner(), name, format, tableFormat, driver.unit().tables());
        this.unit = driver.unit();
        this.borrowedVmids = new BorrowedVmids(unit.locks(), name);
        try {
            this.asid = unit.asids().allocate();
        } catch (IommuException e) {
            super.release();
            throw e;
        }
    }

    @Override
    public int asid() {
        return asid;
    }

    @Override
    public BorrowedVmids borrowedVmids() {
        return borrowedVmids;
    }

    @Override
    public SmmuUnit unit() {
        return unit;
    }

    @Override
    public EntryContent contextDescriptor() {
        return ContextDescriptor.of(
                unit.hardware(), asid, root(), format().inputAddressBits(), ContextDescriptor.OWN_MAIR);
    }

    @Override
    public void unmapped(UnmapGather gather) {
        unit.invalidations().unmapped(tag(), users(), gather);
    }

    @Override
    protected void release() {
        super.release();
        unit.asids().free(asid);
    }
}
