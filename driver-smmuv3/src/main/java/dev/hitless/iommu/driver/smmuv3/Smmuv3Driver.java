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
     * it is in use (STRTAB_BASE is fixed while SMMUEN is 1). What is done there, and what a search through all entries that
     * the fields can make has come to ({@code LinearStreamTableTest}), for words that are read one by one:
     *
     * <ul>
     *   <li>Between stage 1, or its bypass, and stage 2: hitless in 3 waits. S2VMID changes ahead of Config or after it, which
     *       is legal because VMID and ASID together are nobody else's ({@link StreamTableEntryLayout#tagAhead}).
     *   <li>Between stage 2 and a guest's stage 1 on top of the same stage 2: hitless in 2 waits, the same way.
     *   <li>Between bypass of stage 1 and a guest's stage 1: hitless the same way if the guest's table has one descriptor,
     *       fetched as the host's are. With more descriptors there is a way of 4 waits, by S1CDMax = 0 in between; it is
     *       not taken.
     *   <li>Between stage-2 tables of different domains: no way. S2VMID and S2TTB lie in two words; whatever the order,
     *       translations of the one are cached under the VMID of the other, or both under a third, which is a conflict where
     *       block sizes or attributes differ.
     *   <li>Between stage 1 of the host and of a guest, and of two guests: no way. S1ContextPtr and S2VMID lie in two words,
     *       and under one VMID the ASIDs of the two may be the same.
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
