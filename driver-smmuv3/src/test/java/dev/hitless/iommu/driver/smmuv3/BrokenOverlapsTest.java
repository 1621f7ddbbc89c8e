package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveLocks;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.stream.Stream;

/** Drivers that are right as long as one operation runs at a time: caught when operations overlap. */
class BrokenOverlapsTest extends BrokenDrivers {
    private static final String STAGE_1_TO_STAGE_1 = "pasid/stage-1-4-level->stage-1-4-level/beside/";

    private static final String SLOW = "/command-pace=as-polled";

    @Override
    protected IommuDriverProvider driver() {
        return new Smmuv3DriverProvider();
    }

    /** One preemption shows each of these defects; {@code ./hitless test} searches with two. */
    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withSchedules(1);
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                defect(
                        "the device is not locked around a change of its CD table",
                        withoutLock("smmuv3.device"),
                        STAGE_1_TO_STAGE_1 + "attach-in-same-new-leaf/default",
                        "DRV-22"),
                defect(
                        "a drain does not wait for page requests that the interrupt has taken",
                        withoutLock("smmuv3.pri-handover"),
                        "pasid/stage-1-4-level->stage-1-4-level/beside/page-requests/default",
                        "DRV-19"),
                defect(
                        "an unmap does not name the VMID that its ASID is under on the way to or from stage 2",
                        BrokenProvider.withParts(DefectiveParts.invalidating(
                                DefectiveInvalidations.UnmappedPagesWithoutBorrowedVmids::new)),
                        "rid/stage*/beside/unmap*/two-level-stream-table=no",
                        "DRV-21"),
                defect(
                        "users of a domain come and go while an unmap tells them",
                        withoutLock("smmuv3.domain-users"),
                        "pasid/stage-1-4-level->released/beside/unmap-in-old/default",
                        "DRV-22"),
                defect(
                        "a full command queue is taken for an empty one",
                        BrokenProvider.withParts(DefectiveQueues.alwaysEmpty()),
                        STAGE_1_TO_STAGE_1 + "full-queue" + SLOW,
                        "DRV-13",
                        "DRV-22"),
                defect(
                        "the producer index is written without its wrap flag",
                        BrokenProvider.withParts(DefectiveQueues.withoutWrapFlag()),
                        STAGE_1_TO_STAGE_1 + "longer-than-queue" + SLOW,
                        "DRV-22"));
    }

    private DefectiveProvider withoutLock(String lockClass) {
        return DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken(lockClass));
    }
}
