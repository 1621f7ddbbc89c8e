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
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import java.util.Map;

/** One VT-d remapping unit in scalable mode. */
final class VtdDriver implements IommuDriver {
    private final RemappingUnit unit;
    private final VtdFormats formats;
    private final DriverCapabilities capabilities;
    private final DomainRegistry domains;
    private final PasidReplacement replacement;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry devices;

    VtdDriver(RemappingUnit unit, int hostAddressBits) {
        this.unit = unit;
        this.formats = new VtdFormats(unit.hardware(), hostAddressBits);
        this.capabilities = formats.capabilities();
        this.domains = new DomainRegistry(unit.platform());
        this.replacement = new PasidReplacement(this, unit);
        this.blocked = new BlockedDomain(this);
        this.identity = new IdentityDomain(this, unit.hardware());
        this.devices = new DeviceRegistry(this, unit);
    }

    RemappingUnit unit() {
        return unit;
    }

    PasidReplacement replacement() {
        return replacement;
    }

    /** Takes a domain off the books. */
    void forget(VtdDomain domain) {
        domains.remove(domain);
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        return devices.probe(description, formats.canTakePageRequests());
    }

    @Override
    public void release(IommuDevice device) {
        VtdDevice ours = replacement.requireOurs(device);
        devices.requireProbed(ours);
        devices.release(ours);
    }

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        PageTableFormat tables = formats.tables(format);
        return domains.add(format.matrixName(), name -> new VtdPagingDomain(this, name, format, tables));
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        require(Capability.NESTED, "ECAP.NEST, SSTS or FSTS is 0");
        if (!(replacement.requireOurs(parent) instanceof VtdPagingDomain ours)
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
            replacement.requirePossible(replacement.requireOurs(device), pasid);
            replacement.requireOurs(old);
            replacement.requireOurs(replacementDomain).requireNotFreed();
            return ReplaceGuarantee.HITLESS;
        } catch (IommuException e) {
            return ReplaceGuarantee.UNSUPPORTED;
        }
    }

    @Override
    public Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        return replacement.requireOurs(device).attachments().snapshot();
    }

    @Override
    public void serviceEvents() {
        unit.faults().service();
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null) {
            pageRequests.service();
        }
    }

    @Override
    public void respond(PageResponse response) {
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests == null) {
            throw new IommuException(Errno.ENOENT, "this IOMMU takes no page requests, so none waits for an answer");
        }
        pageRequests.respond(response, devices.isReachable(response.requesterId()));
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
