package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveLocks;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.stream.Stream;

/** Drivers that are right as long as one operation runs at a time: caught when operations overlap. */
class BrokenOverlapsTest extends BrokenDrivers {
    private static final String V2_TO_V2 = "pasid/v2-4-level->v2-4-level/beside/";

    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
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
                        "an unmap misses the domain that is being attached",
                        BrokenProvider.withParts(DefectiveOverlaps.joinedAfterTheSwitch()),
                        V2_TO_V2 + "unmap-in-new/default",
                        "DRV-21"),
                defect(
                        "the old domain is unlinked before the wait",
                        BrokenProvider.withParts(DefectiveOverlaps.unlinkedBeforeTheWait()),
                        V2_TO_V2 + "unmap-in-old/default",
                        "DRV-21"),
                defect(
                        "another user's completion is taken for one's own (CVE-2026-68329)",
                        BrokenProvider.withParts(DefectiveOverlaps.anothersCompletion()),
                        V2_TO_V2 + "second-device/default",
                        "DRV-13",
                        "DRV-22"),
                defect(
                        "the command buffer is not locked around its tail",
                        withoutLock("amdvi.command-buffer"),
                        V2_TO_V2 + "second-device/default",
                        "DRV-22"),
                defect(
                        "the device is not locked around a change of its GCR3 table",
                        withoutLock("amdvi.device"),
                        V2_TO_V2 + "attach-in-same-new-leaf/default",
                        "DRV-22"),
                defect(
                        "the lock order is inverted",
                        BrokenProvider.withParts(DefectiveOverlaps.lockOrderInverted()),
                        V2_TO_V2 + "unmap-in-old/default",
                        "DRV-22"),
                defect(
                        "a refusal leaves the device locked",
                        DefectiveProvider.withLocks(driver(), DefectiveLocks.keptOnError("amdvi.device")),
                        V2_TO_V2 + "refusal/default",
                        "DRV-22"));
    }

    private DefectiveProvider withoutLock(String lockClass) {
        return DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken(lockClass));
    }
}
