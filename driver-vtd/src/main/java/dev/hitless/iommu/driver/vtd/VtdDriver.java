package dev.hitless.iommu.driver.vtd;

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
import dev.hitless.iommu.driver.support.device.DeviceRegistry;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.DomainRegistry;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.replace.Ownership;
import java.util.Map;

/** One VT-d remapping unit in scalable mode. */
final class VtdDriver implements IommuDriver {
    private final RemappingUnit unit;
    private final VtdFormats formats;
    private final DriverCapabilities capabilities;
    private final Ownership<VtdDevice, VtdDomain> ownership;
    private final DomainRegistry domains;
    private final PasidReplacement replacement;
    private final DomainOwner domainOwner;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry<VtdDevice> devices;

    VtdDriver(RemappingUnit unit, int hostAddressBits) {
        this.unit = unit;
        this.formats = new VtdFormats(unit.hardware(), hostAddressBits);
        this.capabilities = formats.capabilities();
        this.ownership = new Ownership<>(this, VtdDevice.class, VtdDomain.class);
        this.domains = new DomainRegistry(unit.locks().create("domains", "domains"));
        this.replacement = new PasidReplacement(ownership, unit);
        this.domainOwner = new DomainOwner(this, domains, replacement, unit.locks());
        this.blocked = new BlockedDomain(domainOwner);
        this.identity = new IdentityDomain(domainOwner, unit.hardware());
        this.devices = new DeviceRegistry<>(
                new ContextSetup(this, unit, formats.canTakePageRequests()),
                unit.events(),
                unit.locks().create("devices", "devices"));
    }

    RemappingUnit unit() {
        return unit;
    }

    PasidReplacement replacement() {
        return replacement;
    }

    DomainOwner domainOwner() {
        return domainOwner;
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
        return domains.add(format.matrixName(), name -> new VtdPagingDomain(this, name, format, tables));
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        require(Capability.NESTED, "ECAP.NEST, SSTS or FSTS is 0");
        if (!(ownership.requireOurs(parent) instanceof VtdPagingDomain ours)
                || !ours.format().nestingParent()) {
            throw new IommuException(
                    Errno.EINVAL,
                    "domain " + parent.name() + " of format " + parent.format().label()
                            + " cannot be the parent of a nested domain; use a second-stage format");
        }
        ours.requireNotFreed();
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

    private void require(Capability capability, String reason) {
        if (!capabilities.has(capability)) {
            throw new IommuException(
                    Errno.EOPNOTSUPP, "this IOMMU does not offer " + capability.label() + ": " + reason);
        }
    }

    /** Whatever can be done is hitless: what one store to the entry cannot switch, one store to the directory can. */
    @Override
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacementDomain) {
        try {
            VtdDomain target = ownership.requireOurs(replacementDomain);
            target.requireNotFreed();
            ownership.requireOurs(old);
            replacement.requirePossible(ownership.requireOurs(device), pasid, target);
            return ReplaceGuarantee.HITLESS;
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
        unit.faults().service();
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.requests().service();
        }
    }

    @Override
    public void respond(PageResponse response) {
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests == null) {
            throw new IommuException(Errno.ENOENT, "this IOMMU takes no page requests, so none waits for an answer");
        }
        pageRequests.requests().respond(response, devices.isReachable(response.requesterId()));
    }

    @Override
    public void shutDown() {
        devices.releaseAll();
        unit.command().set(Registers.TRANSLATION_ENABLE, false, "GSTS.TES");
        unit.queue().disable();
        domains.releaseAll();
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.free();
        }
        unit.contexts().free();
        unit.queue().free();
    }
}
