package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.pagetable.PageTable;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A domain with a page table of its own, first-stage or second-stage. */
final class VtdPagingDomain extends VtdDomain implements PagingDomain, TranslationInvalidator {
    private final RemappingUnit unit;
    private final PagingFormat format;
    private final int domainId;
    private final PageTable table;
    private final DriverLock childrenLock;
    private final List<NestedDomain> children = new ArrayList<>();

    /** Throws ENOMEM, ENOSPC. */
    VtdPagingDomain(VtdDriver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver, DomainType.PAGING, name);
        this.unit = driver.unit();
        this.format = format;
        this.childrenLock = unit.platform().locks().create("vtd.nested-children", name);
        this.domainId = unit.domainIds().allocate();
        try {
            this.table = PageTable.create(
                    tableFormat,
                    unit.tables().memory(),
                    unit.hardware().coherentPageWalk(),
                    unit.platform().locks().create("vtd.page-table", name),
                    this);
        } catch (IommuException e) {
            unit.domainIds().free(domainId);
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

    /** Physical address of the root table. */
    long root() {
        return table.root();
    }

    @Override
    PasidEntry entry() {
        boolean snoop = unit.hardware().coherentPageWalk();
        return format.stage() == Stage.SECOND
                ? PasidEntry.secondStage(domainId, table.root(), format.levels(), snoop)
                : PasidEntry.firstStage(
                        domainId,
                        table.root(),
                        format.levels(),
                        0,
                        PasidEntry.widthCode(unit.hardware().largestSecondStageLevels()),
                        snoop);
    }

    @Override
    TranslationTag tag(Pasid pasid) {
        return format.stage() == Stage.SECOND
                ? TranslationTag.secondStage(domainId)
                : TranslationTag.firstStage(domainId, pasid);
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

    /** Second-stage entries that are not present may be cached (CAP.CM); first-stage ones never are (VT-d spec 6.1). */
    @Override
    public void mapped(long iova, long lengthBytes) {
        if (format.stage() == Stage.FIRST || !unit.hardware().cachingMode()) {
            return;
        }
        List<PageSpan> pages = List.of(PageSpan.covering(iova, lengthBytes));
        users().with(users -> {
            if (!users.isEmpty()) {
                unit.invalidations().pages(tags(users), pages, false);
            }
        });
        childrenNow().forEach(NestedDomain::parentChanged);
    }

    @Override
    public void unmapped(UnmapGather gather) {
        List<PageSpan> pages = gather.ranges().stream()
                .map(range -> PageSpan.covering(range.iova(), range.lengthBytes()))
                .toList();
        users().with(users -> {
            if (!users.isEmpty()) {
                unit.invalidations().pages(tags(users), pages, !gather.tablesRemoved());
                unit.invalidations().devices(users, pages);
            }
        });
        childrenNow().forEach(NestedDomain::parentChanged);
    }

    /** Notes a nested domain whose second stage this is. Throws EINVAL if this was freed. */
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
        unit.domainIds().free(domainId);
    }
}
