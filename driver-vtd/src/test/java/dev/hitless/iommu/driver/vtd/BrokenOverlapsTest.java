package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveLocks;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.stream.Stream;

/** Drivers that are right as long as one operation runs at a time: caught when operations overlap. */
class BrokenOverlapsTest extends BrokenDrivers {
    private static final String FIRST_TO_FIRST = "pasid/first-stage-4-level->first-stage-4-level/beside/";

    private static final String SLOW = "/command-pace=as-polled";

    @Override
    protected IommuDriverProvider driver() {
        return new VtdDriverProvider();
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
                        "a drain does not wait for page requests that the interrupt has taken",
                        withoutLock("vtd.page-request-handover"),
                        "pasid/first-stage-4-level->first-stage-4-level/beside/page-requests/default",
                        "DRV-19"),
                defect(
                        "users of a domain come and go while an unmap tells them",
                        withoutLock("vtd.domain-users"),
                        "pasid/first-stage-4-level->released/beside/unmap-in-old/default",
                        "DRV-22"),
                defect(
                        "the device is not locked around a swap of a PASID-table leaf",
                        withoutLock("vtd.device"),
                        FIRST_TO_FIRST + "attach-in-same-new-leaf/default",
                        "DRV-22"),
                defect(
                        "the invalidation queue is not locked around its tail",
                        withoutLock("vtd.invalidation-queue"),
                        FIRST_TO_FIRST + "removal-on-second-device/default",
                        "DRV-22"),
                defect(
                        "a full invalidation queue is taken for an empty one",
                        BrokenProvider.withParts(DefectiveQueues.alwaysEmpty()),
                        FIRST_TO_FIRST + "full-queue" + SLOW,
                        "DRV-13",
                        "DRV-22"),
                defect(
                        "the invalidation queue is filled to the last descriptor",
                        BrokenProvider.withParts(DefectiveQueues.headOneTooFar()),
                        FIRST_TO_FIRST + "longer-than-queue" + SLOW,
                        "DRV-22"));
    }

    private DefectiveProvider withoutLock(String lockClass) {
        return DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken(lockClass));
    }
}
