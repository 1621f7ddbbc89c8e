package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another domain behind a PASID, or behind requests without.
 *
 * <ol>
 *   <li>Change the entries, and wait until no copy of the old ones is left (CFGI).
 *   <li>Drop the old domain's translations (TLBI) and wait; only then the device's (ATC_INV) and wait.
 *   <li>Hand over page requests that have arrived.
 * </ol>
 */
final class SmmuSwitch implements DomainSwitch {
    private final SmmuUnit unit;
    private final ChangePlanner planner;
    private final Smmuv3Device device;
    private final Pasid pasid;
    private final SmmuDomain previous;
    private final SmmuDomain target;
    private @Nullable DomainChange change;

    SmmuSwitch(
            SmmuUnit unit,
            ChangePlanner planner,
            Smmuv3Device device,
            Pasid pasid,
            SmmuDomain previous,
            SmmuDomain target) {
        this.unit = unit;
        this.planner = planner;
        this.device = device;
        this.pasid = pasid;
        this.previous = previous;
        this.target = target;
    }

    @Override
    public void prepare() {
        change = planner.prepare(device, pasid, previous, target);
    }

    private DomainChange prepared() {
        return Objects.requireNonNull(change, "prepare comes first");
    }

    @Override
    public ReplacePlan kind() {
        return prepared().kind();
    }

    @Override
    public void carryOut() {
        if (prepared().kind() == ReplacePlan.TRANSIT_TAG) {
            borrow(previous, target);
            borrow(target, previous);
        }
        try {
            prepared().carryOut();
        } catch (InterruptedChange e) {
            if (e.nothingChanged()) {
                giveBack();
            }
            throw e;
        }
        if (previous.type() != DomainType.BLOCKED || device.interrupted().concern(pasid)) {
            forgetPrevious();
        }
        giveBack();
    }

    /** Stage 1 is cached under the VMID of the other domain, which tags it before or after the switch. */
    private void borrow(SmmuDomain stageOne, SmmuDomain other) {
        if (stageOne instanceof ContextDomain borrower && other.usesStage2()) {
            borrower.borrowedVmids().borrow(device, other.tag().id());
        }
    }

    private void giveBack() {
        Stream.concat(Stream.of(previous, target), device.interrupted().lingering(pasid).stream())
                .forEach(domain -> {
                    if (domain instanceof ContextDomain borrower) {
                        borrower.borrowedVmids().giveBack(device);
                    }
                });
    }

    /** Has everybody forget the old domain, and what an interrupted change may have left. */
    private void forgetPrevious() {
        unit.invalidations().translations(previous.tag());
        device.interrupted().lingering(pasid).forEach(domain -> unit.invalidations()
                .translations(domain.tag()));
        unit.invalidations().devices(List.of(new DomainUser(device, pasid)), List.of(AddressSpan.EVERYTHING));
    }

    /** One store for each entry. */
    @Override
    public void block() {
        ContextTable contexts = device.contexts();
        if (!pasid.isNone() && contexts != null) {
            EntryPlace place = contexts.place(pasid.value());
            long address = place.leaf() + place.offset();
            unit.tables().publish(address, unit.tables().load(address) & ~ContextDescriptor.VALID);
            return;
        }
        for (int streamId : device.streamIds()) {
            long address = unit.streams().entryAddress(streamId);
            long word0 = unit.tables().load(address);
            if (device.hasSubstreams() && (word0 & StreamTableEntry.CONFIG) == StreamTableEntry.CONFIG_STAGE_1) {
                long word1 = unit.tables().load(address + 8);
                unit.tables().publish(address + 8, word1 & ~StreamTableEntry.S1DSS);
            } else {
                unit.tables().publish(address, StreamTableEntry.VALID);
            }
        }
    }

    @Override
    public boolean isOldInForce(IommuException failure) {
        return failure instanceof InterruptedChange interrupted && interrupted.nothingChanged();
    }
}
