package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Another domain behind requests without PASID: a GCR3 store where both old and new take the guest path, else a change of
 * the device-table entry. Live PASIDs are not disturbed: the GCR3 table stays where it is.
 *
 * <p>The GCR3 entry of PASID 0 is filled before requests are sent there, and cleared when none can come any more.
 */
final class RequesterSwitch implements DomainSwitch {
    private final AmdviUnit unit;
    private final AmdviDevice device;
    private final AmdviDomain previous;
    private final AmdviDomain target;
    private final DeviceTableUpdate update;

    RequesterSwitch(AmdviUnit unit, AmdviDevice device, AmdviDomain previous, AmdviDomain target) {
        this.unit = unit;
        this.device = device;
        this.previous = previous;
        this.target = target;
        this.update = unit.writer().plan(device.entry(), target.deviceTableEntry(device));
    }

    @Override
    public void prepare() {
        Gcr3Table gcr3 = device.gcr3();
        if (gcr3 != null && target.gcr3Entry() != Gcr3Table.NOT_VALID) {
            gcr3.addLeaf(Pasid.NONE);
        }
    }

    /** From or to the blocked domain an entry that aborts is no break: it is what was there before, or what is asked for. */
    @Override
    public ReplacePlan kind() {
        boolean blocks = previous instanceof BlockedDomain || target instanceof BlockedDomain;
        return blocks && update.parked() ? ReplacePlan.IN_PLACE : update.kind();
    }

    @Override
    public void carryOut() {
        fillGuestEntry();
        if (!update.steps().isEmpty()) {
            unit.writer().carryOut(device.description().requesterIds(), device.entry(), update);
            device.noteEntry(target.deviceTableEntry(device));
        }
        if (isAfterInterruption()) {
            unit.invalidations().deviceTableEntries(device.description().requesterIds());
        }
        clearGuestEntry();
        unit.invalidations().translations(tags());
        unit.invalidations().devices(AmdviReplacement.user(device, Pasid.NONE), List.of(AddressSpan.EVERYTHING));
    }

    /** Entries that were stored without an invalidation may differ from copies. */
    private boolean isAfterInterruption() {
        return device.interrupted().concern(Pasid.NONE);
    }

    private void fillGuestEntry() {
        Gcr3Table gcr3 = device.gcr3();
        if (gcr3 == null || target.gcr3Entry() == Gcr3Table.NOT_VALID) {
            return;
        }
        gcr3.store(Pasid.NONE, target.gcr3Entry());
        if (!update.steps().isEmpty() && unit.hardware().cachesNotPresent()) {
            unit.invalidations().translations(List.of(TranslationTag.guest(device.domainId(), Pasid.NONE)));
        }
    }

    private void clearGuestEntry() {
        Gcr3Table gcr3 = device.gcr3();
        if (gcr3 != null && target.gcr3Entry() == Gcr3Table.NOT_VALID && gcr3.load(Pasid.NONE) != Gcr3Table.NOT_VALID) {
            gcr3.store(Pasid.NONE, Gcr3Table.NOT_VALID);
        }
    }

    /** The old domain's; with a changed device-table entry everything under the device's DomainID (Linux, and XSA-442). */
    private List<TranslationTag> tags() {
        Set<TranslationTag> tags = new LinkedHashSet<>(previous.tags(device, Pasid.NONE));
        tags.addAll(target.tags(device, Pasid.NONE));
        device.interrupted().lingering(Pasid.NONE).forEach(domain -> tags.addAll(domain.tags(device, Pasid.NONE)));
        if (!update.steps().isEmpty() || isAfterInterruption()) {
            tags.add(TranslationTag.host(device.domainId()));
            device.attachments()
                    .snapshot()
                    .keySet()
                    .forEach(pasid -> tags.add(TranslationTag.guest(device.domainId(), pasid)));
        }
        return List.copyOf(tags);
    }

    @Override
    public void block() {
        Gcr3Table gcr3 = device.gcr3();
        if (gcr3 != null && gcr3.load(Pasid.NONE) != Gcr3Table.NOT_VALID) {
            gcr3.store(Pasid.NONE, Gcr3Table.NOT_VALID);
        }
        List<Integer> ids = device.description().requesterIds();
        if (device.attachments().pasidsInUse() > 0) {
            // Old and new have the same GCR3 table then, so one store will do, and spares the PASIDs.
            device.noteEntry(device.guestEntry(true));
            unit.writer().storeAtOnce(ids, device.guestEntry(true));
        } else {
            device.noteEntry(DeviceTableEntry.BLOCKED);
            unit.writer().blockAtOnce(ids);
        }
    }
}
