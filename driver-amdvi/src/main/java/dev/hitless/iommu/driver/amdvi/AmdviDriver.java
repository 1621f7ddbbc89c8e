package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.device.DeviceRegistry;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.DomainRegistry;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.skeleton.UnitDriver;
import org.jspecify.annotations.Nullable;

/** One AMD-Vi IOMMU. */
final class AmdviDriver extends UnitDriver<AmdviDevice, AmdviDomain> {
    private final AmdviUnit unit;
    private final AmdviFormats formats;
    private final DomainRegistry domains;
    private final AmdviReplacement replacement;
    private final DomainOwner domainOwner;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry<AmdviDevice> devices;

    AmdviDriver(AmdviUnit unit, AmdviFormats formats, UnitParts parts) {
        super(formats.capabilities(), AmdviDevice.class, AmdviDomain.class);
        this.unit = unit;
        this.formats = formats;
        this.domains = new DomainRegistry(unit.locks().create("domains", "domains"));
        this.replacement = parts.replacement(this, unit);
        this.domainOwner = new DomainOwner(this, domains, replacement, unit.locks());
        this.blocked = new BlockedDomain(domainOwner);
        this.identity = new IdentityDomain(domainOwner);
        this.devices = new DeviceRegistry<>(
                new DeviceTableSetup(this, unit),
                replacement,
                unit.events(),
                unit.locks().create("devices", "devices"));
    }

    AmdviUnit unit() {
        return unit;
    }

    @Override
    protected AmdviReplacement replacement() {
        return replacement;
    }

    @Override
    protected DeviceRegistry<AmdviDevice> devices() {
        return devices;
    }

    @Override
    protected @Nullable PageRequests pageRequests() {
        return unit.pageRequests();
    }

    DomainOwner domainOwner() {
        return domainOwner;
    }

    /** What a device has in the device table while nothing is attached. */
    DeviceTableEntry blockedEntry(AmdviDevice device) {
        return blocked.deviceTableEntry(device);
    }

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        PageTableFormat tables = formats.paging().tables(format);
        return format.stage() == Stage.FIRST
                ? domains.add(format.matrixName(), name -> new GuestPagingDomain(this, name, format, tables))
                : domains.add(format.matrixName(), name -> new HostPagingDomain(this, name, format, tables));
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        require(Capability.NESTED, "EFR.GTSup, EFR.GIoSup or EFR2.GCR3TRPMode is 0");
        HostPagingDomain ours = requireParent(parent, HostPagingDomain.class, "a v1 format");
        return domains.add("nested", name -> new NestedDomain(this, name, ours, config));
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        require(Capability.SVA, "EFR.GTSup, GIoSup, PPRSup or EPHSup is 0");
        return domains.add("sva", name -> new SvaDomain(this, name, addressSpace));
    }

    @Override
    public IommuDomain identityDomain() {
        return identity;
    }

    @Override
    public IommuDomain blockedDomain() {
        return blocked;
    }

    /**
     * Behind PASIDs whatever can be done is hitless: one 64-bit store to the GCR3 entry, between tables of 4 and 5 levels
     * too (see {@code GuestRoot}). Behind requests without PASID:
     *
     * <ul>
     *   <li>UNSUPPORTED: a v1 table or a nested domain while PASIDs are in use, and PASIDs beside those. With Mode other
     *       than 0 the GCR3 table would be taken for guest-physical addresses.
     *   <li>BREAK_BEFORE_MAKE: from or to a nested domain, if the CPU has no 128-bit store or hardware does not read as much
     *       at once (the DomainID changes together with the tables), or if the depth of the guest's tables differs from the depth before (GuestPagingMode is in
     *       the other half of the entry). DMA is aborted in between, at V=1, TV=0.
     *   <li>HITLESS: all else.
     * </ul>
     */
    @Override
    protected ReplaceGuarantee guarantee(AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
        if (!pasid.isNone() || previous == blocked || target == blocked) {
            return ReplaceGuarantee.HITLESS;
        }
        boolean parked = unit.writer()
                .plan(previous.deviceTableEntry(device), target.deviceTableEntry(device))
                .parked();
        return parked ? ReplaceGuarantee.BREAK_BEFORE_MAKE : ReplaceGuarantee.HITLESS;
    }

    @Override
    protected void serviceFaults() {
        unit.eventLog().service();
    }

    @Override
    public void shutDown() {
        devices.releaseAll();
        unit.control().clear(Registers.IOMMU_ENABLE);
        PageRequestLog pageRequests = unit.pageRequestLog();
        if (pageRequests != null) {
            pageRequests.disable();
            pageRequests.free();
        }
        unit.eventLog().disable();
        unit.commands().disable();
        unit.control().clearAll();
        devices.freeAll();
        domains.releaseAll();
        unit.eventLog().free();
        unit.commands().free();
        unit.deviceTable().free();
    }
}
