package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectCheck;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Drivers that change device-table entries in a way that is right where hardware reads all 256 bits at once, and nowhere
 * else. What is torn is met by requests without PASID and, where the pieces of two GCR3 pointers come together, by PASIDs
 * that nobody uses (DRV-23).
 */
class BrokenFetchTest extends BrokenDrivers {
    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                invalidatingOnce("rid/v1-4-level->nested/alone/dte-fetch-bits=128", "DRV-02"),
                invalidatingOnce("rid/nested->v1-4-level/alone/dte-fetch-bits=128", "DRV-02"),
                invalidatingOnce("rid/identity->nested/alone/dte-fetch-bits=64", "DRV-02", "DRV-23"),
                whatItIsTold("rid/nested->nested/alone/dte-fetch-bits=64"),
                whatItIsTold("rid/v1-4-level->nested/alone/dte-fetch-bits=64"));
    }

    private static Defect invalidatingOnce(String scenario, String... rules) {
        return defect(
                "both halves are stored in the right order, and invalidated once, in " + scenario,
                BrokenProvider.withParts(DefectiveEntries.invalidatedOnce()),
                scenario,
                rules);
    }

    private static Defect whatItIsTold(String scenario) {
        return defect(
                "128 bits are stored at once whatever hardware reads at once, in " + scenario,
                BrokenProvider.withParts(DefectiveEntries.storing128BitsWhateverHardwareReads()),
                scenario,
                "DRV-02",
                "DRV-23");
    }

    /** So it is the narrow fetch that catches them. */
    @TestFactory
    Stream<DynamicTest> whereAnEntryIsReadAtOnceNothingIsFound() {
        return defects()
                .map(defect -> DynamicTest.dynamicTest(
                        "at 256 bits: " + defect.what(), () -> new DefectCheck(defect.broken(), hardware(), options())
                                .requireSound(defect.scenario().replaceAll("dte-fetch-bits=.*", "default"))));
    }
}
