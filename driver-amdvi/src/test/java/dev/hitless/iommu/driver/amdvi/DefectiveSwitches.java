package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.ForwardingSwitch;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Changes of domain that go about it the wrong way. */
final class DefectiveSwitches {
    private DefectiveSwitches() {}

    /** What is asked for; {@code right} is what should be done. */
    record Change(
            AmdviUnit unit,
            AmdviDevice device,
            Pasid pasid,
            AmdviDomain previous,
            AmdviDomain target,
            DomainSwitch right) {}

    /** What is done. */
    interface Action {
        void carryOut(Change change);
    }

    /** Carries out {@code action} instead of what should be done. */
    static UnitParts switching(Action action) {
        return making(change -> new ForwardingSwitch(change.right) {
            @Override
            public void carryOut() {
                action.carryOut(change);
            }
        });
    }

    /** Makes {@code switches} of what should be done. */
    static UnitParts making(Function<Change, DomainSwitch> switches) {
        return new UnitParts() {
            @Override
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return new AmdviReplacement(driver, unit) {
                    @Override
                    protected DomainSwitch newSwitch(
                            AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
                        DomainSwitch right = super.newSwitch(device, pasid, previous, target);
                        return switches.apply(new Change(unit, device, pasid, previous, target, right));
                    }
                };
            }
        };
    }

    /** Remove and add instead of replace. */
    static UnitParts removeAndAdd() {
        return switching(change -> {
            gcr3(change.device).store(change.pasid, Gcr3Table.NOT_VALID);
            change.unit.invalidations().translations(guestTag(change));
            change.right.carryOut();
        });
    }

    /** The device forgets before the IOMMU does, and asks it for the old translation again. */
    static UnitParts deviceFirst() {
        return switching(change -> {
            gcr3(change.device).store(change.pasid, change.target.gcr3Entry());
            Invalidations invalidations = change.unit.invalidations();
            invalidations.devices(AmdviReplacement.user(change.device, change.pasid), List.of(AddressSpan.EVERYTHING));
            invalidations.translations(guestTag(change));
        });
    }

    /** The detach of requests without PASID takes all PASIDs along, and nobody is told. */
    static UnitParts pasidsVanish() {
        return switching(change -> {
            if (change.pasid.isNone()) {
                change.device.attachments().snapshot().keySet().stream()
                        .filter(other -> !other.isNone())
                        .forEach(other -> remove(change, other));
            }
            change.right.carryOut();
        });
    }

    /** "It was not valid before, so nothing can be cached": not so with NpCache. */
    static UnitParts nothingDroppedOnFirstSet() {
        return switching(change -> {
            Gcr3Table gcr3 = gcr3(change.device);
            if (!change.pasid.isNone() && gcr3.load(change.pasid) == Gcr3Table.NOT_VALID) {
                gcr3.store(change.pasid, change.target.gcr3Entry());
            } else {
                change.right.carryOut();
            }
        });
    }

    /** GIoV sends requests without PASID to PASID 0 before there is anything. */
    static UnitParts guestPathBeforeItsEntry() {
        return switching(change -> {
            if (change.pasid.isNone() && change.target.gcr3Entry() != Gcr3Table.NOT_VALID) {
                write(change, change.target.deviceTableEntry(change.device));
            }
            change.right.carryOut();
        });
    }

    private static void write(Change change, DeviceTableEntry entry) {
        DeviceTableEntry old = change.device.entry();
        DeviceTableWriter writer = change.unit.writer();
        writer.carryOut(change.device.description().requesterIds(), old, writer.plan(old, entry));
        change.device.noteEntry(entry);
    }

    private static void remove(Change change, Pasid pasid) {
        AmdviDevice device = change.device;
        Invalidations invalidations = change.unit.invalidations();
        gcr3(device).store(pasid, Gcr3Table.NOT_VALID);
        invalidations.translations(List.of(TranslationTag.guest(device.domainId(), pasid)));
        invalidations.devices(AmdviReplacement.user(device, pasid), List.of(AddressSpan.EVERYTHING));
    }

    private static List<TranslationTag> guestTag(Change change) {
        return List.of(TranslationTag.guest(change.device.domainId(), change.pasid));
    }

    private static Gcr3Table gcr3(AmdviDevice device) {
        return Objects.requireNonNull(device.gcr3(), "a device with PASIDs has a GCR3 table");
    }
}
