package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveLocks;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.junit.SwitchPoints;
import java.util.Set;
import java.util.stream.Stream;

/** What the search of schedules leaves out makes no difference to this driver. */
class SwitchPointsTest extends SwitchPoints {
    private static final String BESIDE = "pasid/stage-1-4-level->stage-1-4-level/beside/";

    @Override
    protected IommuDriverProvider driver() {
        return new Smmuv3DriverProvider();
    }

    @Override
    protected Stream<String> overlaps() {
        return Stream.of("attach-in-same-new-leaf", "unmap-in-new").map(what -> BESIDE + what);
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(new Defect(
                "the device is not locked around a change of its tables",
                DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken("smmuv3.device")),
                BESIDE + "attach-in-same-new-leaf",
                Set.of("DRV-22")));
    }
}
