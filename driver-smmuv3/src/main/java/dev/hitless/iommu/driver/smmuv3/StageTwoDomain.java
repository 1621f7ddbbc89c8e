package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.driver.support.domain.NestedDomains;
import dev.hitless.iommu.driver.support.domain.PageTableDomain;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import dev.hitless.iommu.driver.support.update.EntryContent;

/** A stage-2 page table: for requests without PASID, or below a guest's stage 1. */
final class StageTwoDomain extends PageTableDomain implements SmmuDomain {
    private final SmmuUnit unit;
    private final int vmid;
    private final NestedDomains<NestedDomain> children;

    /** Throws ENOMEM, ENOSPC. */
    StageTwoDomain(Smmuv3Driver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver.domainOwner(), name, format, tableFormat, driver.unit().tables());
        this.unit = driver.unit();
        this.children = new NestedDomains<>(this);
        try {
            this.vmid = unit.vmids().allocate();
        } catch (IommuException e) {
            super.release();
            throw e;
        }
    }

    /** This table, with translations tagged {@code taggedVmid}. */
    StageTwoTable taggedWith(int taggedVmid) {
        return new StageTwoTable(taggedVmid, root(), format().inputAddressBits(), format().levels());
    }

    @Override
    public boolean usesStage2() {
        return true;
    }

    @Override
    public EntryContent streamTableEntry(Smmuv3Device device) {
        return unit.entries().stage2(taggedWith(vmid), device.usesAts());
    }

    @Override
    public TranslationTag tag() {
        return TranslationTag.vmid(vmid);
    }

    @Override
    public void unmapped(UnmapGather gather) {
        unit.invalidations().unmapped(tag(), users(), gather);
        children.forEach(NestedDomain::parentChanged);
    }

    /** The nested domains whose stage 2 this is. */
    NestedDomains<NestedDomain> children() {
        return children;
    }

    @Override
    protected void requireNoDependents() {
        children.requireNone();
    }

    @Override
    protected void release() {
        super.release();
        unit.vmids().free(vmid);
    }
}
