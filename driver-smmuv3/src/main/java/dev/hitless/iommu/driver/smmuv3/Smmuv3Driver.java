package dev.hitless.iommu.driver.smmuv3;

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

/** One SMMU. */
final class Smmuv3Driver extends UnitDriver<Smmuv3Device, SmmuDomain> {
    private final SmmuUnit unit;
    private final Smmuv3Formats formats;
    private final DomainRegistry domains;
    private final ChangePlanner planner;
    private final SmmuReplacement replacement;
    private final DomainOwner domainOwner;
    private final BlockedDomain blocked;
    private final IdentityDomain identity;
    private final DeviceRegistry<Smmuv3Device> devices;

    Smmuv3Driver(SmmuUnit unit, Smmuv3Formats formats, UnitParts parts) {
        super(formats.capabilities(), Smmuv3Device.class, SmmuDomain.class);
        this.unit = unit;
        this.formats = formats;
        this.domains = new DomainRegistry(unit.locks().create("domains", "domains"));
        this.planner = new ChangePlanner(unit);
        this.replacement = parts.replacement(ownership(), unit, planner);
        this.domainOwner = new DomainOwner(this, domains, replacement, unit.locks());
        this.blocked = new BlockedDomain(domainOwner, unit.entries());
        this.identity = new IdentityDomain(domainOwner, unit.entries());
        this.devices = new DeviceRegistry<>(
                new StreamSetup(this, unit, planner, formats.canTakePageRequests()),
                replacement,
                unit.events(),
                unit.locks().create("devices", "devices"));
    }

    SmmuUnit unit() {
        return unit;
    }

    @Override
    protected SmmuReplacement replacement() {
        return replacement;
    }

    BlockedDomain blocked() {
        return blocked;
    }

    @Override
    protected DeviceRegistry<Smmuv3Device> devices() {
        return devices;
    }

    @Override
    protected @Nullable PageRequests pageRequests() {
        return unit.pageRequests();
    }

    DomainOwner domainOwner() {
        return domainOwner;
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
        StageTwoDomain ours = requireParent(parent, StageTwoDomain.class, "a stage-2 format");
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

    /**
     * A PASID is one context descriptor, which a leaf swap switches whatever differs. So does one for the stream table
     * entry of requests without PASID, if the stream table has two levels. A linear stream table cannot be replaced while
     * it is in use (STRTAB_BASE is fixed while SMMUEN is 1), so two words that must change together go through V = 0 there:
     *
     * <ul>
     *   <li>From one stage-2 table to another, S2VMID and S2TTB. Words are read one by one, so whatever the order, there is
     *       an entry with the one of the old and the other of the new domain, and translations of the one are cached under
     *       the VMID of the other; under a third VMID both are, which is a conflict where their block sizes or attributes
     *       differ. No plan without a break exists.
     *   <li>Between an entry with stage 1 (context descriptors that only bypass included) and one with stage 2, Config and
     *       S2VMID, which tags stage-1 translations too. An entry in between that is legal tags stage-1 translations with
     *       the VMID of the stage-2 domain, where the ASIDs are those of its guests, or stage-2 translations with VMID 0,
     *       which all devices that do so would have to share. Neither is done.
     * </ul>
     */
    @Override
    protected ReplaceGuarantee guarantee(Smmuv3Device device, Pasid pasid, SmmuDomain previous, SmmuDomain target) {
        boolean hitless = !pasid.isNone()
                || previous == blocked
                || target == blocked
                || planner.isHitless(device, previous, target);
        return hitless ? ReplaceGuarantee.HITLESS : ReplaceGuarantee.BREAK_BEFORE_MAKE;
    }

    @Override
    protected void serviceFaults() {
        unit.eventLog().service();
    }

    @Override
    public void shutDown() {
        devices.releaseAll();
        unit.control().disableAll();
        devices.freeAll();
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
