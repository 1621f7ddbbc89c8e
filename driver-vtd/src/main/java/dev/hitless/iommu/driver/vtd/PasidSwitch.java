package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryUpdate;
import dev.hitless.iommu.driver.support.update.UpdateInterruptedException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Another domain behind a PASID, or behind requests without: another PASID entry. */
final class PasidSwitch implements DomainSwitch {
    private final RemappingUnit unit;
    private final VtdDevice device;
    private final Pasid pasid;
    private final VtdDomain target;
    private @Nullable EntryUpdate update;

    PasidSwitch(RemappingUnit unit, VtdDevice device, Pasid pasid, VtdDomain target) {
        this.unit = unit;
        this.device = device;
        this.pasid = pasid;
        this.target = target;
    }

    @Override
    public void prepare() {
        device.directory().addLeaf(pasid);
        update = unit.writer().prepare(device, pasid, target.entry());
    }

    private EntryUpdate prepared() {
        return Objects.requireNonNull(update, "prepare comes first");
    }

    @Override
    public ReplacePlan kind() {
        return prepared().plan().kind();
    }

    @Override
    public void carryOut() {
        prepared().carryOut();
    }

    /** Clears P. */
    @Override
    public void block() {
        long address = device.directory().entryAddress(pasid);
        long word0 = unit.tables().load(address);
        unit.tables().publish(address, (word0 & ~PasidEntry.PRESENT) | PasidEntry.FAULT_PROCESSING_DISABLE);
    }

    @Override
    public boolean isOldInForce(IommuException failure) {
        return failure instanceof UpdateInterruptedException interrupted && interrupted.oldStillInForce();
    }

    @Override
    public List<EntryContent> possiblyCached(IommuException failure) {
        if (failure instanceof UpdateInterruptedException interrupted && interrupted.oldStillInForce()) {
            return interrupted.possiblyCached();
        }
        return List.of(prepared().plan().from(), prepared().plan().to());
    }
}
