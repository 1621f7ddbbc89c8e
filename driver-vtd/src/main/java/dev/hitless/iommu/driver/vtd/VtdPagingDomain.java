package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.domain.NestedDomains;
import dev.hitless.iommu.driver.support.domain.PageTableDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;

/** A domain with a page table of its own, first-stage or second-stage. */
final class VtdPagingDomain extends PageTableDomain implements VtdDomain {
    private final RemappingUnit unit;
    private final int domainId;
    private final NestedDomains<NestedDomain> children;

    /** Throws ENOMEM, ENOSPC. */
    VtdPagingDomain(VtdDriver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver.domainOwner(), name, format, tableFormat, driver.unit().pageTables());
        this.unit = driver.unit();
        this.children = new NestedDomains<>(this);
        try {
            this.domainId = unit.domainIds().allocate();
        } catch (IommuException e) {
            super.release();
            throw e;
        }
    }

    /** Physical address of the root table. */
    long rootTable() {
        return root();
    }

    @Override
    public PasidEntry entry() {
        boolean snoop = unit.hardware().coherentPageWalk();
        return format().stage() == Stage.SECOND
                ? PasidEntry.secondStage(domainId, root(), format().levels(), snoop)
                : PasidEntry.firstStage(
                        domainId,
                        root(),
                        format().levels(),
                        0,
                        PasidEntry.widthCode(unit.hardware().largestSecondStageLevels()),
                        snoop);
    }

    @Override
    public TranslationTag tag(Pasid pasid) {
        return format().stage() == Stage.SECOND
                ? TranslationTag.secondStage(domainId)
                : TranslationTag.firstStage(domainId, pasid);
    }

    /** Second-stage entries that are not present may be cached (CAP.CM); first-stage ones never are (VT-d spec 6.1). */
    @Override
    public void mapped(long iova, long lengthBytes) {
        if (format().stage() == Stage.FIRST || !unit.hardware().cachingMode()) {
            return;
        }
        List<AddressSpan> pages = List.of(AddressSpan.covering(iova, lengthBytes));
        users().with(users -> {
            if (!users.isEmpty()) {
                unit.invalidations().pages(tags(users), pages, false);
            }
        });
        children.forEach(NestedDomain::parentChanged);
    }

    @Override
    public void unmapped(UnmapGather gather) {
        List<AddressSpan> pages = AddressSpan.covering(gather);
        users().with(users -> {
            if (!users.isEmpty()) {
                unit.invalidations().pages(tags(users), pages, !gather.tablesRemoved());
                unit.invalidations().devices(users, pages);
            }
        });
        children.forEach(NestedDomain::parentChanged);
    }

    /** The nested domains whose second stage this is. */
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
        unit.domainIds().free(domainId);
    }
}
