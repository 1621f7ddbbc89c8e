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

    private static final String SLOW = "/command-pace=as-polled";

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
                        "a drain does not wait for page requests that the interrupt has taken",
                        withoutLock("amdvi.page-request-handover"),
                        "pasid/v2-4-level->v2-4-level/beside/page-requests/default",
                        "DRV-19"),
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
                        "users of a domain come and go while an unmap tells them",
                        withoutLock("amdvi.domain-users"),
                        "pasid/v2-4-level->released/beside/unmap-in-old/default",
                        "DRV-22"),
                defect(
                        "a list of users is changed without its lock while an unmap walks it (4a552f7890f0)",
                        DefectiveProvider.withLocks(
                                BrokenProvider.withParts(HandmadeUsers.telling()),
                                DefectiveLocks.notTaken(HandmadeUsers.LOCK)),
                        V2_TO_V2 + "unmap-in-old/default",
                        "DRV-21"),
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
                        "DRV-22"),
                defect(
                        "commands are put into a full command buffer",
                        queue(HandmadeBuffer.Defect.FULL_NOT_CHECKED),
                        V2_TO_V2 + "full-queue" + SLOW,
                        "DRV-13",
                        "DRV-22"),
                defect(
                        "a command buffer is filled to the last entry, and looks empty",
                        queue(HandmadeBuffer.Defect.FILLED_TO_THE_LAST),
                        V2_TO_V2 + "longer-than-queue" + SLOW,
                        "DRV-22"),
                defect(
                        "room in the command buffer that another has taken meanwhile",
                        queue(HandmadeBuffer.Defect.ROOM_NOT_CHECKED_AGAIN),
                        V2_TO_V2 + "full-queue" + SLOW,
                        "DRV-13",
                        "DRV-22"),
                defect(
                        "room is waited for under the lock that is needed to make it",
                        queue(HandmadeBuffer.Defect.FREED_UNDER_THE_LOCK_THAT_IS_HELD),
                        V2_TO_V2 + "full-queue" + SLOW,
                        "DRV-13",
                        "DRV-22"));
    }

    private static IommuDriverProvider queue(HandmadeBuffer.Defect defect) {
        return BrokenProvider.withParts(HandmadeBuffer.with(defect));
    }

    private DefectiveProvider withoutLock(String lockClass) {
        return DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken(lockClass));
    }
}
