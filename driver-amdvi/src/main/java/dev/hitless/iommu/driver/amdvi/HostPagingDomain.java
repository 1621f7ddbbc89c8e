package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.NestedDomains;
import dev.hitless.iommu.driver.support.domain.PageTableDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;

/**
 * A domain with a v1 table, for requests without PASID, and for guests to be nested on.
 *
 * <p>PASIDs cannot live beside it: with a Mode other than 0 the GCR3 table and all that it leads to would be taken for
 * guest-physical addresses (48882, 2.2.6.6).
 */
final class HostPagingDomain extends PageTableDomain implements AmdviDomain {
    private final AmdviUnit unit;
    private final NestedDomains<NestedDomain> children;

    /** Throws ENOMEM. */
    HostPagingDomain(AmdviDriver driver, String name, PagingFormat format, PageTableFormat tableFormat) {
        super(driver.domainOwner(), name, format, tableFormat, driver.unit().tables());
        this.unit = driver.unit();
        this.children = new NestedDomains<>(this);
    }

    @Override
    public DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return addTo(device.hostEntry());
    }

    /** {@code entry}, with this table as its host translation. */
    DeviceTableEntry addTo(DeviceTableEntry entry) {
        return entry.withHost(format().levels(), root());
    }

    @Override
    public boolean fitsPasid() {
        return false;
    }

    @Override
    public boolean leavesPasids() {
        return false;
    }

    @Override
    public List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.host(device.domainId()));
    }

    @Override
    public void mapped(long iova, long lengthBytes) {
        if (unit.hardware().cachesNotPresent()) {
            unit.invalidate(this, users(), List.of(AddressSpan.covering(iova, lengthBytes)));
            children.forEach(NestedDomain::parentChanged);
        }
    }

    @Override
    public void unmapped(UnmapGather gather) {
        unit.invalidate(this, users(), AddressSpan.covering(gather));
        children.forEach(NestedDomain::parentChanged);
    }

    /** The nested domains whose host translation this is. */
    NestedDomains<NestedDomain> children() {
        return children;
    }

    @Override
    protected void requireNoDependents() {
        children.requireNone();
    }
}
