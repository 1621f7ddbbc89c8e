package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveLocks;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.junit.SwitchPoints;
import java.util.Set;
import java.util.stream.Stream;

/** What the search of schedules leaves out makes no difference to this driver. */
class SwitchPointsTest extends SwitchPoints {
    private static final String BESIDE = "pasid/first-stage-4-level->first-stage-4-level/beside/";

    @Override
    protected IommuDriverProvider driver() {
        return new VtdDriverProvider();
    }

    @Override
    protected Stream<String> overlaps() {
        return Stream.of("attach-in-same-new-leaf", "map-in-old", "unmap-in-new")
                .map(what -> BESIDE + what);
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(new Defect(
                "the device is not locked around a change of its tables",
                DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken("vtd.device")),
                BESIDE + "attach-in-same-new-leaf",
                Set.of("DRV-22")));
    }
}
