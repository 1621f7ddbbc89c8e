package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.driver.support.domain.PageTableDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;

/** A domain with a v2 table of its own, for PASIDs and for requests without. */
final class GuestPagingDomain extends PageTableDomain implements GuestTableDomain {
    private final AmdviUnit unit;
    private final GuestRoot root;

    /** Throws ENOMEM. */
    GuestPagingDomain(AmdviDriver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver.domainOwner(), name, format, tableFormat, driver.unit().tables());
        this.unit = driver.unit();
        try {
            this.root = GuestRoot.of(
                    unit.platform().memory(),
                    root(),
                    format.levels(),
                    unit.hardware().guestLevels(),
                    false);
        } catch (IommuException e) {
            super.release();
            throw e;
        }
    }

    @Override
    public long gcr3Entry() {
        return root.gcr3Entry();
    }

    @Override
    public void mapped(long iova, long lengthBytes) {
        if (unit.hardware().cachesNotPresent()) {
            unit.invalidate(this, users(), List.of(AddressSpan.covering(iova, lengthBytes)));
        }
    }

    @Override
    public void unmapped(UnmapGather gather) {
        unit.invalidate(this, users(), AddressSpan.covering(gather));
    }

    @Override
    protected void release() {
        root.free();
        super.release();
    }
}
