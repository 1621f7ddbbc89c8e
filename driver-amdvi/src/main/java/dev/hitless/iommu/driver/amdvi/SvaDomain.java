package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.AddressSpaceListener;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.domain.AllocatedDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/**
 * A CPU address space behind PASIDs.
 *
 * <p>When the address space dies, the GCR3 entries become not valid, until the core detaches them: nothing leads to the
 * table any more.
 */
final class SvaDomain extends AllocatedDomain implements GuestTableDomain, AddressSpaceListener {
    private final AmdviUnit unit;
    private final AmdviReplacement replacement;
    private final AddressSpace addressSpace;
    private final GuestRoot root;
    private volatile boolean dead;
    /** An invalidation failed: the next one drops everything. */
    private volatile boolean owed;

    /** Throws EINVAL (a table that the hardware cannot walk), ENOMEM. */
    SvaDomain(AmdviDriver driver, String name, AddressSpace addressSpace) {
        super(driver.domainOwner(), DomainType.SVA, name);
        this.unit = driver.unit();
        this.replacement = driver.replacement();
        this.addressSpace = addressSpace;
        int walkedLevels = unit.hardware().guestLevels();
        requireWalkable(addressSpace, walkedLevels);
        this.root = GuestRoot.of(
                unit.platform().memory(), addressSpace.rootAddress(), addressSpace.levels(), walkedLevels, true);
        addressSpace.addListener(this);
    }

    private static void requireWalkable(AddressSpace addressSpace, int walkedLevels) {
        int levels = addressSpace.levels();
        if (levels < 4 || levels > walkedLevels) {
            throw new IommuException(
                    Errno.EINVAL,
                    "address space " + addressSpace.name() + " has a page table of " + levels
                            + " levels; this IOMMU walks 4" + (walkedLevels == 5 ? " or 5" : " (EFR.GATS is 0)"));
        }
        if ((addressSpace.rootAddress() & 0xFFF) != 0) {
            throw new IommuException(
                    Errno.EINVAL,
                    "address space " + addressSpace.name() + " has its page table at 0x"
                            + Long.toHexString(addressSpace.rootAddress()) + ", which is not page aligned");
        }
    }

    @Override
    public String matrixName() {
        return "SVA";
    }

    @Override
    public boolean fitsRequestsWithoutPasid() {
        return false;
    }

    /** Once the address space is dead, nothing leads to its table any more, not even going back to this domain. */
    @Override
    public long gcr3Entry() {
        return dead ? Gcr3Table.NOT_VALID : root.gcr3Entry();
    }

    @Override
    public void invalidate(long address, long lengthBytes) {
        try {
            AddressSpan span = owed ? AddressSpan.EVERYTHING : AddressSpan.covering(address, lengthBytes);
            unit.invalidate(this, users(), List.of(span));
            owed = false;
        } catch (IommuException e) {
            owed = true;
            unit.events()
                    .warning("address space " + addressSpace.name() + ": devices may still reach 0x"
                            + Long.toHexString(address) + " and up: " + e.getMessage());
        }
    }

    @Override
    public void released() {
        // First this, then the users: who joins later finds it dead when it asks for the entry.
        dead = true;
        for (DomainUser user : users().snapshot()) {
            replacement.fence(user.device(), user.pasid(), this);
        }
    }

    @Override
    protected void release() {
        addressSpace.removeListener(this);
        root.free();
    }
}
