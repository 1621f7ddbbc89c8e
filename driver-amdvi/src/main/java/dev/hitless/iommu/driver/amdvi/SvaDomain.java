package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.domain.SharedDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/**
 * A CPU address space behind PASIDs.
 *
 * <p>When the address space dies, the GCR3 entries become not valid, until the core detaches them: nothing leads to the
 * table any more.
 */
final class SvaDomain extends SharedDomain implements GuestTableDomain {
    private final AmdviUnit unit;
    private final AmdviReplacement replacement;
    private final GuestRoot root;

    /** Throws EINVAL (a table that the hardware cannot walk), ENOMEM. */
    SvaDomain(AmdviDriver driver, String name, AddressSpace addressSpace) {
        super(driver.domainOwner(), name, addressSpace, driver.unit().events());
        this.unit = driver.unit();
        this.replacement = driver.replacement();
        int walkedLevels = unit.hardware().guestLevels();
        requireWalkable(addressSpace, walkedLevels);
        this.root = GuestRoot.of(
                unit.platform().memory(), addressSpace.rootAddress(), addressSpace.levels(), walkedLevels, true);
        listen();
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
    public boolean fitsRequestsWithoutPasid() {
        return false;
    }

    /** Once the address space is dead, nothing leads to its table any more, not even going back to this domain. */
    @Override
    public long gcr3Entry() {
        return isDead() ? Gcr3Table.NOT_VALID : root.gcr3Entry();
    }

    @Override
    protected void forget(long address, long lengthBytes) {
        forget(AddressSpan.covering(address, lengthBytes));
    }

    @Override
    protected void forgetAll() {
        forget(AddressSpan.EVERYTHING);
    }

    private void forget(AddressSpan span) {
        unit.invalidate(this, users(), List.of(span));
    }

    @Override
    protected void fence(DomainUser user) {
        replacement.fence(user.device(), user.pasid(), this);
    }

    @Override
    protected void giveBack() {
        root.free();
    }
}
