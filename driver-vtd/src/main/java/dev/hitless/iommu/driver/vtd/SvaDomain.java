package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.SharedDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/**
 * A CPU address space behind PASIDs. It has a domain id of its own: under a shared one, two address spaces that follow
 * each other behind a PASID would meet in the caches.
 *
 * <p>When the address space dies, the entries become not present with fault logging off, until the core detaches them:
 * the device does not know yet, and page requests are drained only then.
 */
final class SvaDomain extends SharedDomain implements VtdDomain {
    private final RemappingUnit unit;
    private final PasidReplacement replacement;
    private final int domainId;
    private final PasidEntry entry;

    /** Throws EINVAL (a table that the hardware cannot walk), ENOSPC. */
    SvaDomain(VtdDriver driver, String name, AddressSpace addressSpace) {
        super(driver.domainOwner(), name, addressSpace, driver.unit().events());
        this.unit = driver.unit();
        this.replacement = driver.replacement();
        HardwareCapabilities hardware = unit.hardware();
        requireWalkable(addressSpace, hardware);
        this.domainId = unit.domainIds().allocate();
        // CPU tables use XD; without NXE that bit would be reserved.
        this.entry = PasidEntry.firstStage(
                domainId,
                addressSpace.rootAddress(),
                addressSpace.levels(),
                PasidEntry.NO_EXECUTE,
                PasidEntry.widthCode(hardware.largestSecondStageLevels()),
                hardware.coherentPageWalk());
        listen();
    }

    private static void requireWalkable(AddressSpace addressSpace, HardwareCapabilities hardware) {
        int levels = addressSpace.levels();
        if (levels != 4 && !(levels == 5 && hardware.firstStage5Levels())) {
            throw new IommuException(
                    Errno.EINVAL,
                    "address space " + addressSpace.name() + " has a page table of " + levels
                            + " levels; this IOMMU walks 4"
                            + (hardware.firstStage5Levels() ? " or 5" : " (CAP.FL5LP is 0)"));
        }
        if ((addressSpace.rootAddress() & 0xFFF) != 0) {
            throw new IommuException(
                    Errno.EINVAL,
                    "address space " + addressSpace.name() + " has its page table at 0x"
                            + Long.toHexString(addressSpace.rootAddress()) + ", which is not page aligned");
        }
    }

    /** Once the address space is dead, nothing leads to its table any more, not even going back to this domain. */
    @Override
    public PasidEntry entry() {
        return isDead() ? PasidEntry.FENCED : entry;
    }

    @Override
    public TranslationTag tag(Pasid pasid) {
        return TranslationTag.firstStage(domainId, pasid);
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
        List<AddressSpan> pages = List.of(span);
        users().with(users -> {
            if (!users.isEmpty()) {
                unit.invalidations().pages(tags(users), pages, false);
                unit.invalidations().devices(users, pages);
            }
        });
    }

    @Override
    protected void fence(DomainUser user) {
        replacement.fence(user.device(), user.pasid(), this);
    }

    @Override
    protected void giveBack() {
        unit.domainIds().free(domainId);
    }
}
