package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.driver.support.device.DeviceRegistry;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.DomainRegistry;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.skeleton.UnitDriver;
import org.jspecify.annotations.Nullable;

/** One VT-d remapping unit in scalable mode. */
final class VtdDriver extends UnitDriver<VtdDevice, VtdDomain> {
    private final RemappingUnit unit;
    private final VtdFormats formats;
    private final DomainRegistry domains;
    private final PasidReplacement replacement;
    private final DomainOwner domainOwner;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry<VtdDevice> devices;

    VtdDriver(RemappingUnit unit, VtdFormats formats, UnitParts parts) {
        super(formats.capabilities(), VtdDevice.class, VtdDomain.class);
        this.unit = unit;
        this.formats = formats;
        this.domains = new DomainRegistry(unit.locks().create("domains", "domains"));
        this.replacement = parts.replacement(ownership(), unit);
        this.domainOwner = new DomainOwner(this, domains, replacement, unit.locks());
        this.blocked = new BlockedDomain(domainOwner);
        this.identity = new IdentityDomain(domainOwner, unit.hardware());
        this.devices = new DeviceRegistry<>(
                new ContextSetup(this, unit, formats.canTakePageRequests()),
                replacement,
                unit.events(),
                unit.locks().create("devices", "devices"));
    }

    RemappingUnit unit() {
        return unit;
    }

    @Override
    protected PasidReplacement replacement() {
        return replacement;
    }

    @Override
    protected DeviceRegistry<VtdDevice> devices() {
        return devices;
    }

    @Override
    protected @Nullable PageRequests pageRequests() {
        PageRequestQueue queue = unit.pageRequests();
        return queue == null ? null : queue.requests();
    }

    DomainOwner domainOwner() {
        return domainOwner;
    }

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        PageTableFormat tables = formats.paging().tables(format);
        return domains.add(format.matrixName(), name -> new VtdPagingDomain(this, name, format, tables));
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        require(Capability.NESTED, "ECAP.NEST, SSTS or FSTS is 0");
        VtdPagingDomain ours = requireParent(parent, VtdPagingDomain.class, "a second-stage format");
        return domains.add("nested", name -> new NestedDomain(this, name, ours, config));
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        require(Capability.SVA, "ECAP.FSTS, SMPWC or PASID is 0");
        return domains.add("sva", name -> new SvaDomain(this, name, addressSpace));
    }

    @Override
    public IommuDomain identityDomain() {
        require(Capability.IDENTITY, "ECAP.PT is 0");
        return identity;
    }

    @Override
    public IommuDomain blockedDomain() {
        return blocked;
    }

    /** Whatever can be done is hitless: what one store to the entry cannot switch, one store to the directory can. */
    @Override
    protected ReplaceGuarantee guarantee(VtdDevice device, Pasid pasid, VtdDomain previous, VtdDomain target) {
        return ReplaceGuarantee.HITLESS;
    }

    @Override
    protected void serviceFaults() {
        unit.faults().service();
    }

    @Override
    public void shutDown() {
        devices.releaseAll();
        unit.command().set(Registers.TRANSLATION_ENABLE, false, "GSTS.TES");
        unit.queue().disable();
        devices.freeAll();
        domains.releaseAll();
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.free();
        }
        unit.contexts().free();
        unit.queue().free();
    }
}
