package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.pagetable.PageTable;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A stage-2 page table: for requests without PASID, or below a guest's stage 1. */
final class StageTwoDomain extends SmmuDomain implements PagingDomain, TranslationInvalidator {
    private final PagingFormat format;
    private final int vmid;
    private final PageTable table;
    private final TableInvalidator invalidator = new TableInvalidator(this);
    private final DriverLock childrenLock;
    private final List<NestedDomain> children = new ArrayList<>();

    /** Throws ENOMEM, ENOSPC. */
    StageTwoDomain(Smmuv3Driver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver, DomainType.PAGING, name);
        this.format = format;
        this.childrenLock = unit().newLock("nested-children", name);
        this.vmid = unit().vmids().allocate();
        try {
            this.table = PageTable.create(
                    tableFormat,
                    unit().tables().memory(),
                    unit().hardware().coherent(),
                    unit().newLock("page-table", name),
                    this);
        } catch (IommuException e) {
            unit().vmids().free(vmid);
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

    /** This table, with translations tagged {@code taggedVmid}. */
    StageTwoTable taggedWith(int taggedVmid) {
        return new StageTwoTable(taggedVmid, table.root(), format.inputAddressBits(), format.levels());
    }

    @Override
    boolean usesStage2() {
        return true;
    }

    @Override
    EntryContent streamTableEntry(Smmuv3Device device) {
        return unit().entries().stage2(taggedWith(vmid), device.usesAts());
    }

    @Override
    TranslationTag tag() {
        return TranslationTag.vmid(vmid);
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
    public void unmapped(UnmapGather gather) {
        invalidator.unmapped(gather);
        childrenNow().forEach(NestedDomain::parentChanged);
    }

    /** Notes a nested domain whose stage 2 this is. Throws EINVAL if this was freed. */
    void addChild(NestedDomain child) {
        childrenLock.with(() -> children.add(child));
        try {
            requireNotFreed();
        } catch (IommuException e) {
            removeChild(child);
            throw e;
        }
    }

    /** Forgets a nested domain. */
    void removeChild(NestedDomain child) {
        childrenLock.with(() -> children.remove(child));
    }

    private List<NestedDomain> childrenNow() {
        List<NestedDomain> copy = new ArrayList<>();
        childrenLock.with(() -> copy.addAll(children));
        return copy;
    }

    @Override
    void requireNoDependents() {
        List<NestedDomain> dependents = childrenNow();
        if (!dependents.isEmpty()) {
            throw new IommuException(
                    Errno.EBUSY,
                    "domain " + name() + " is the parent of "
                            + dependents.get(0).name() + "; free that first");
        }
    }

    @Override
    void release() {
        table.free();
        unit().vmids().free(vmid);
    }
}
