package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.pagetable.PageTable;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A domain with a v1 table, for requests without PASID, and for guests to be nested on.
 *
 * <p>PASIDs cannot live beside it: with a Mode other than 0 the GCR3 table and all that it leads to would be taken for
 * guest-physical addresses (48882, 2.2.6.6).
 */
final class HostPagingDomain extends AmdviDomain implements PagingDomain, TranslationInvalidator {
    private final AmdviUnit unit;
    private final PagingFormat format;
    private final PageTable table;
    private final DriverLock childrenLock;
    private final List<NestedDomain> children = new ArrayList<>();

    /** Throws ENOMEM. */
    HostPagingDomain(AmdviDriver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver, DomainType.PAGING, name);
        this.unit = driver.unit();
        this.format = format;
        this.childrenLock = unit.platform().locks().create("amdvi.nested-children", name);
        this.table = PageTable.create(
                tableFormat,
                unit.platform().memory(),
                true,
                unit.platform().locks().create("amdvi.page-table", name),
                this);
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
    DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return addTo(device.hostEntry());
    }

    /** {@code entry}, with this table as its host translation. */
    DeviceTableEntry addTo(DeviceTableEntry entry) {
        return entry.withHost(format.levels(), table.root());
    }

    @Override
    boolean fitsPasid() {
        return false;
    }

    @Override
    boolean leavesPasids() {
        return false;
    }

    @Override
    List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.host(device.domainId()));
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
            childrenNow().forEach(NestedDomain::parentChanged);
        }
    }

    @Override
    public void unmapped(UnmapGather gather) {
        invalidate(PageSpan.covering(gather));
        childrenNow().forEach(NestedDomain::parentChanged);
    }

    /** Notes a nested domain whose host translation this is. Throws EINVAL if this was freed. */
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
    }
}
