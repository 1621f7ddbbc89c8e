package dev.hitless.iommu.driver.smmuv3;

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

/** One SMMU. */
final class Smmuv3Driver implements IommuDriver {
    private final SmmuUnit unit;
    private final Smmuv3Formats formats;
    private final DriverCapabilities capabilities;
    private final Ownership<Smmuv3Device, SmmuDomain> ownership;
    private final DomainRegistry domains;
    private final ChangePlanner planner;
    private final SmmuReplacement replacement;
    private final DomainOwner domainOwner;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry<Smmuv3Device> devices;

    Smmuv3Driver(SmmuUnit unit) {
        this.unit = unit;
        this.formats = new Smmuv3Formats(unit.hardware());
        this.capabilities = formats.capabilities();
        this.ownership = new Ownership<>(this, Smmuv3Device.class, SmmuDomain.class);
        this.domains = new DomainRegistry(unit.locks().create("domains", "domains"));
        this.planner = new ChangePlanner(unit);
        this.replacement = new SmmuReplacement(ownership, unit, planner);
        this.domainOwner = new DomainOwner(this, domains, replacement, unit.locks());
        this.blocked = new BlockedDomain(domainOwner, unit.entries());
        this.identity = new IdentityDomain(domainOwner, unit.entries());
        this.devices = new DeviceRegistry<>(
                new StreamSetup(this, unit, planner, formats.canTakePageRequests()),
                unit.events(),
                unit.locks().create("devices", "devices"));
    }

    SmmuUnit unit() {
        return unit;
    }

    SmmuReplacement replacement() {
        return replacement;
    }

    BlockedDomain blocked() {
        return blocked;
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
        if (format.stage() == Stage.FIRST) {
            return domains.add(format.matrixName(), name -> new StageOneDomain(this, name, format, tables));
        }
        return domains.add(format.matrixName(), name -> new StageTwoDomain(this, name, format, tables));
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        require(Capability.NESTED, "IDR0.S1P or S2P is 0");
        if (!(ownership.requireOurs(parent) instanceof StageTwoDomain ours)) {
            throw new IommuException(
                    Errno.EINVAL,
                    "domain " + parent.name() + " of format " + parent.format().label()
                            + " cannot be the parent of a nested domain; use a stage-2 format");
        }
        ours.requireNotFreed();
        return domains.add("nested", name -> new NestedDomain(this, name, ours, config));
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        require(Capability.SVA, "it needs stage 1, substreams and walks that snoop (IDR0.S1P, IDR1.SSIDSIZE, COHACC)");
        SvaDomain.requireWalkable(addressSpace, unit.hardware());
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
                    Errno.EOPNOTSUPP, "this SMMU does not offer " + capability.label() + ": " + reason);
        }
    }

    /**
     * A PASID is one context descriptor, which a leaf swap switches whatever differs. So does one for the stream table
     * entry of requests without PASID, if the stream table has two levels. A linear stream table cannot be replaced while
     * it is in use (STRTAB_BASE is fixed while SMMUEN is 1), so two words that must change together go through V = 0 there.
     */
    @Override
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacementDomain) {
        try {
            Smmuv3Device ours = ownership.requireOurs(device);
            SmmuDomain previous = ownership.requireOurs(old);
            SmmuDomain target = ownership.requireOurs(replacementDomain);
            target.requireNotFreed();
            replacement.requirePossible(ours, pasid, target);
            boolean hitless = !pasid.isNone()
                    || previous == blocked
                    || target == blocked
                    || planner.isHitless(ours, previous, target);
            return hitless ? ReplaceGuarantee.HITLESS : ReplaceGuarantee.BREAK_BEFORE_MAKE;
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
            throw new IommuException(Errno.ENOENT, "this SMMU takes no page requests, so none waits for an answer");
        }
        pageRequests.respond(response, devices.isReachable(response.requesterId()));
    }

    @Override
    public void shutDown() {
        devices.releaseAll();
        unit.control().disableAll();
        domains.releaseAll();
        PageRequestQueue pageRequests = unit.pageRequestQueue();
        if (pageRequests != null) {
            pageRequests.free();
        }
        unit.eventLog().free();
        unit.streams().free();
        unit.ring().free();
    }
}
