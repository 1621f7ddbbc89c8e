package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.domain.SharedDomain;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import dev.hitless.iommu.driver.support.pagetable.UnmappedRange;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

/**
 * A CPU address space behind PASIDs, under an ASID of its own.
 *
 * <p>When the address space dies, its context descriptors get EPD0 = 1: they stay valid, walk nothing and report nothing,
 * until the core detaches them.
 */
final class SvaDomain extends SharedDomain implements ContextDomain {
    private static final long PAGE = 4096;
    private static final int FEWEST_BITS = 25;
    private static final int MOST_BITS = 48;

    private final SmmuUnit unit;
    private final SmmuReplacement replacement;
    private final int asid;
    private final BorrowedVmids borrowedVmids;
    private final EntryContent descriptor;

    /** Throws ENOSPC. The address space was found {@link #requireWalkable walkable}. */
    SvaDomain(Smmuv3Driver driver, String name, AddressSpace addressSpace) {
        super(driver.domainOwner(), name, addressSpace, driver.unit().events());
        this.unit = driver.unit();
        this.borrowedVmids = new BorrowedVmids(unit.locks(), name);
        this.replacement = driver.replacement();
        this.asid = unit.asids().allocate();
        this.descriptor = ContextDescriptor.of(
                unit.hardware(),
                asid,
                addressSpace.rootAddress(),
                addressSpace.addressBits(),
                ContextDescriptor.CPU_MAIR);
        listen();
    }

    /** Throws EINVAL if the SMMU cannot walk the table of {@code addressSpace}. */
    static void requireWalkable(AddressSpace addressSpace, HardwareCapabilities hardware) {
        int bits = addressSpace.addressBits();
        if (bits < FEWEST_BITS || bits > MOST_BITS) {
            throw new IommuException(
                    Errno.EINVAL,
                    "address space " + addressSpace.name() + " has addresses of " + bits + " bits; an SMMU walks "
                            + FEWEST_BITS + " to " + MOST_BITS + " with the 4 KiB granule");
        }
        long root = addressSpace.rootAddress();
        if ((root & PAGE - 1) != 0 || root >>> hardware.outputBits() != 0) {
            throw new IommuException(
                    Errno.EINVAL,
                    "address space " + addressSpace.name() + " has its page table at 0x" + Long.toHexString(root)
                            + ", which is not a page-aligned address below 1 << " + hardware.outputBits());
        }
    }

    @Override
    public int asid() {
        return asid;
    }

    @Override
    public BorrowedVmids borrowedVmids() {
        return borrowedVmids;
    }

    @Override
    public SmmuUnit unit() {
        return unit;
    }

    /** Once the address space is dead, nothing leads to its table any more, not even going back to this domain. */
    @Override
    public EntryContent contextDescriptor() {
        return isDead() ? ContextDescriptor.released(descriptor) : descriptor;
    }

    @Override
    protected void forget(long address, long lengthBytes) {
        // Whether a table went too is not said, so entries that lead to tables are dropped as well.
        UnmapGather gather = new UnmapGather(List.of(new UnmappedRange(address, lengthBytes, PAGE)), true);
        unit.invalidations().unmapped(tag(), users(), gather);
    }

    @Override
    protected void forgetAll() {
        unit.invalidations().everythingOf(tag(), users());
    }

    @Override
    protected void fence(DomainUser user) {
        replacement.fence(user.device(), user.pasid(), this);
    }

    /**
     * EPD0 forbids walks, not hits (IHI 0070 5.4.1.1): as long as one of several users was not fenced, the ASID's
     * translations came back, and devices of those that were may have fetched them.
     */
    @Override
    protected void fenced(List<DomainUser> users) {
        if (users.size() > 1) {
            forgetAll();
        }
    }

    @Override
    protected void giveBack() {
        unit.asids().free(asid);
    }
}
