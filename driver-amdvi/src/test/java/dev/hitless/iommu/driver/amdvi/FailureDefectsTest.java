package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.ForwardingSwitch;
import java.util.stream.Stream;

/** Drivers that are right as long as nothing fails. */
class FailureDefectsTest extends BrokenDrivers {
    private static final String V2_TO_V2 = "faults/pasid/v2-4-level->v2-4-level/alone/default";

    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                defect(
                        "the record is changed before memory is had, and not changed back",
                        BrokenProvider.withParts(recordingFirst()),
                        "faults/pasid/blocked->v2-4-level/alone/default",
                        "DRV-08"),
                defect(
                        "page requests of an interrupted change are never drained",
                        BrokenProvider.withParts(DefectiveDrains.forgottenAfterAFailure()),
                        V2_TO_V2.replace("faults/", "faults/page-requests/"),
                        "DRV-19"),
                defect(
                        "an answer that may have reached the device is given once more",
                        BrokenProvider.withParts(DefectiveCommands.answeringTwice()),
                        "faults/page-requests/answer/pasid/default",
                        "DRV-19"),
                defect(
                        "devices are not told that an address space has died",
                        BrokenProvider.withParts(DefectiveParts.withoutDevices()),
                        "faults/address-space-dies/pasid/default",
                        "DRV-04",
                        "DRV-08"),
                defect(
                        "a PASID is said to be fenced, and is not",
                        BrokenProvider.withParts(switching(Fault.NOT_BLOCKED)),
                        V2_TO_V2,
                        "DRV-08"),
                defect(
                        "the old domain is said to be attached although the new one is live",
                        BrokenProvider.withParts(switching(Fault.OLD_CLAIMED)),
                        V2_TO_V2,
                        "DRV-07",
                        "DRV-08"),
                defect(
                        "a PASID is fenced, and what is cached of it is left although hardware works",
                        BrokenProvider.withParts(switching(Fault.COPIES_LEFT)),
                        V2_TO_V2,
                        "DRV-08"));
    }

    private static UnitParts recordingFirst() {
        return new UnitParts() {
            @Override
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return new AmdviReplacement(driver, unit) {
                    @Override
                    protected DomainSwitch newSwitch(
                            AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
                        device.attachments().record(pasid, target);
                        return super.newSwitch(device, pasid, previous, target);
                    }
                };
            }
        };
    }

    private enum Fault {
        NOT_BLOCKED,
        OLD_CLAIMED,
        COPIES_LEFT
    }

    private static UnitParts switching(Fault fault) {
        return DefectiveSwitches.making(change -> {
            // What is blocked is blocked once more, with everything dropped.
            boolean fencing = change.previous() == change.target();
            return new ForwardingSwitch(change.right()) {
                @Override
                public void carryOut() {
                    if (!fencing || fault == Fault.OLD_CLAIMED) {
                        super.carryOut();
                    }
                }

                @Override
                public void block() {
                    if (fault == Fault.COPIES_LEFT) {
                        super.block();
                    }
                }

                @Override
                public boolean isOldInForce(IommuException failure) {
                    return fault == Fault.OLD_CLAIMED;
                }
            };
        });
    }
}
