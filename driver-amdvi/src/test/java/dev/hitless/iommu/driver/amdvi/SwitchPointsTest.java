package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveLocks;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.junit.SwitchPoints;
import java.util.Set;
import java.util.stream.Stream;

/** What the search of schedules leaves out makes no difference to this driver. */
class SwitchPointsTest extends SwitchPoints {
    private static final String BESIDE = "pasid/v2-4-level->v2-4-level/beside/";

    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
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
                DefectiveProvider.withLocks(driver(), DefectiveLocks.notTaken("amdvi.device")),
                BESIDE + "attach-in-same-new-leaf",
                Set.of("DRV-22")));
    }

    @Override
    protected int preemptions() {
        return 2;
    }
}
