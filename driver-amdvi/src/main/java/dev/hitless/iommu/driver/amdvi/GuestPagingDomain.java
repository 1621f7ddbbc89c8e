package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTable;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;
import java.util.OptionalLong;

/** A domain with a v2 table of its own, for PASIDs and for requests without. */
final class GuestPagingDomain extends GuestTableDomain implements PagingDomain, TranslationInvalidator {
    private final AmdviUnit unit;
    private final PagingFormat format;
    private final PageTable table;
    private final GuestRoot root;

    /** Throws ENOMEM. */
    GuestPagingDomain(AmdviDriver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver, DomainType.PAGING, name);
        this.unit = driver.unit();
        this.format = format;
        this.table = PageTable.create(
                tableFormat,
                unit.platform().memory(),
                true,
                unit.platform().locks().create("amdvi.page-table", name),
                this);
        try {
            this.root = GuestRoot.of(
                    unit.platform().memory(),
                    table.root(),
                    format.levels(),
                    unit.hardware().guestLevels(),
                    false);
        } catch (IommuException e) {
            table.free();
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
    long gcr3Entry() {
        return root.gcr3Entry();
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
    public void mapped(long iova, long lengthBytes) {
        if (unit.hardware().cachesNotPresent()) {
            invalidate(List.of(PageSpan.covering(iova, lengthBytes)));
        }
    }

    @Override
    public void unmapped(UnmapGather gather) {
        invalidate(PageSpan.covering(gather));
    }

    @Override
    void release() {
        root.free();
        table.free();
    }
}
