package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PageResponse;
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
import dev.hitless.iommu.driver.support.replace.Ownership;
import java.util.Map;

/** One AMD-Vi IOMMU. */
final class AmdviDriver implements IommuDriver {
    private final AmdviUnit unit;
    private final AmdviFormats formats;
    private final DriverCapabilities capabilities;
    private final Ownership<AmdviDevice, AmdviDomain> ownership;
    private final DomainRegistry domains;
    private final AmdviReplacement replacement;
    private final DomainOwner domainOwner;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry<AmdviDevice> devices;

    AmdviDriver(AmdviUnit unit, UnitParts parts) {
        this.unit = unit;
        this.formats = new AmdviFormats(unit.hardware());
        this.capabilities = formats.capabilities();
        this.ownership = new Ownership<>(this, AmdviDevice.class, AmdviDomain.class);
        this.domains = new DomainRegistry(unit.locks().create("domains", "domains"));
        this.replacement = parts.replacement(this, unit);
        this.domainOwner = new DomainOwner(this, domains, replacement, unit.locks());
        this.blocked = new BlockedDomain(domainOwner);
        this.identity = new IdentityDomain(domainOwner);
        this.devices = new DeviceRegistry<>(
                new DeviceTableSetup(this, unit), unit.events(), unit.locks().create("devices", "devices"));
    }

    AmdviUnit unit() {
        return unit;
    }

    AmdviReplacement replacement() {
        return replacement;
    }

    Ownership<AmdviDevice, AmdviDomain> ownership() {
        return ownership;
    }

    DomainOwner domainOwner() {
        return domainOwner;
    }

    /** What a device has in the device table while nothing is attached. */
    DeviceTableEntry blockedEntry(AmdviDevice device) {
        return blocked.deviceTableEntry(device);
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        return devices.probe(description);
    }

    @Override
    public void release(IommuDevice device) {
        devices.release(ownership.requireOurs(device));
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
        if (!(ownership.requireOurs(parent) instanceof HostPagingDomain ours)) {
            throw new IommuException(
                    Errno.EINVAL,
                    "domain " + parent.name() + " of format " + parent.format().label()
                            + " cannot be the parent of a nested domain; use a v1 format");
        }
        ours.requireNotFreed();
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

    private void require(Capability capability, String reason) {
        if (!capabilities.has(capability)) {
            throw new IommuException(
                    Errno.EOPNOTSUPP, "this IOMMU does not offer " + capability.label() + ": " + reason);
        }
    }

    /**
     * Behind PASIDs whatever can be done is hitless: one 64-bit store to the GCR3 entry, between tables of 4 and 5 levels
     * too (see {@code GuestRoot}). Behind requests without PASID:
     *
     * <ul>
     *   <li>UNSUPPORTED: a v1 table or a nested domain while PASIDs are in use, and PASIDs beside those. With Mode other
     *       than 0 the GCR3 table would be taken for guest-physical addresses.
     *   <li>BREAK_BEFORE_MAKE: from or to a nested domain, if the CPU has no 128-bit store (the DomainID changes together
     *       with the tables), or if the depth of the guest's tables differs from the depth before (GuestPagingMode is in
     *       the other half of the entry). DMA is aborted in between, at V=1, TV=0.
     *   <li>HITLESS: all else.
     * </ul>
     */
    @Override
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacementDomain) {
        try {
            AmdviDevice ours = ownership.requireOurs(device);
            AmdviDomain previous = ownership.requireOurs(old);
            AmdviDomain next = ownership.requireOurs(replacementDomain);
            next.requireNotFreed();
            replacement.requirePossible(ours, pasid, next);
            if (!pasid.isNone() || previous == blocked || next == blocked) {
                return ReplaceGuarantee.HITLESS;
            }
            boolean parked = unit.writer()
                    .plan(previous.deviceTableEntry(ours), next.deviceTableEntry(ours))
                    .parked();
            return parked ? ReplaceGuarantee.BREAK_BEFORE_MAKE : ReplaceGuarantee.HITLESS;
        } catch (IommuException e) {
            return ReplaceGuarantee.UNSUPPORTED;
        }
    }

    @Override
    public Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        return ownership.requireOurs(device).attachments().snapshot();
    }

    @Override
    public void serviceEvents() {
        unit.eventLog().service();
        PageRequests pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.service();
        }
    }

    @Override
    public void respond(PageResponse response) {
        PageRequests pageRequests = unit.pageRequests();
        if (pageRequests == null) {
            throw new IommuException(Errno.ENOENT, "this IOMMU takes no page requests, so none waits for an answer");
        }
        pageRequests.respond(response, devices.isReachable(response.requesterId()));
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
        domains.releaseAll();
        unit.eventLog().free();
        unit.commands().free();
        unit.deviceTable().free();
    }
}
