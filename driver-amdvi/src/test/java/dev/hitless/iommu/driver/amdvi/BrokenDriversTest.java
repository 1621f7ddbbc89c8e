package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checker bites: drivers with one defect each, most of which have been in real kernels. Each is caught by the rule
 * named, and by none that it keeps: the whole set of broken rules is compared.
 */
class BrokenDriversTest extends BrokenDrivers {
    private static final String PASID = "pasid/v2-5-level->v2-5-level/alone/default";
    private static final String HOST = "rid/v1-4-level->v1-4-level/alone/default";

    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                defect(
                        "remove and add instead of replace: all that upstream offers",
                        BrokenProvider.withParts(DefectiveSwitches.removeAndAdd()),
                        PASID,
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "page requests are not drained",
                        BrokenProvider.withParts(DefectiveDrains.notAtAll()),
                        "page-requests/" + PASID.replace("/alone", ""),
                        "DRV-19"),
                defect(
                        "page requests are drained before the switch",
                        BrokenProvider.withParts(DefectiveDrains.tooEarly()),
                        "page-requests/" + PASID.replace("/alone", ""),
                        "DRV-19"),
                defect(
                        "detach first, attach then: upstream, for requests without PASID",
                        BrokenProvider.withParts(DefectiveParts.writing(BrokenDriversTest::parked)),
                        HOST,
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "the entry is parked at V=0, which is pass-through (Linux, change of GuestPagingMode)",
                        BrokenProvider.withParts(DefectiveParts.writing(BrokenDriversTest::passingThrough)),
                        HOST,
                        "DRV-09"),
                defect(
                        "a removal goes through V=0",
                        BrokenProvider.withParts(DefectiveParts.writing(BrokenDriversTest::passingThrough)),
                        "rid/v1-4-level->blocked/alone/default",
                        "DRV-09"),
                defect(
                        "a live entry is written 64 bits at a time (Linux before 6.14)",
                        BrokenProvider.withMemory(DefectiveStores.Storing128BitsInTwoHalves::new),
                        "rid/nested->nested/alone/default",
                        "DRV-02",
                        "DRV-23"),
                defect(
                        "the device-table entry is changed, the TLB is not told (XSA-442)",
                        BrokenProvider.withParts(DefectiveParts.withoutTranslations()),
                        HOST,
                        "DRV-04"),
                defect(
                        "the GCR3 entry is changed, the TLB is not told",
                        BrokenProvider.withParts(DefectiveParts.withoutTranslations()),
                        PASID,
                        "DRV-04"),
                defect(
                        "copies of the device-table entry are forgotten",
                        BrokenProvider.withParts(DefectiveParts.withoutDeviceTable()),
                        HOST,
                        "DRV-04"),
                defect(
                        "only the first of two device-table entries is changed",
                        BrokenProvider.withParts(DefectiveParts.writingTheFirstIdOnly()),
                        "rid/v1-4-level->v1-4-level/aliases/default",
                        "DRV-01"),
                defect(
                        "the copy of only one of two device-table entries is dropped",
                        BrokenProvider.withParts(DefectiveParts.deviceTableOfTheFirstId()),
                        "rid/v1-4-level->v1-4-level/aliases/default",
                        "DRV-04"),
                defect(
                        "the device IOTLB is forgotten under the device's alias",
                        BrokenProvider.withParts(DefectiveParts.devicesUnderTheirFirstId()),
                        "pasid/v2-5-level->v2-5-level/aliases/default",
                        "DRV-04"),
                defect(
                        "an unmap drops nothing from the IOTLB",
                        BrokenProvider.withParts(DefectiveInvalidations.withoutUnmappedPages()),
                        "pasid/v2-5-level/map-unmap/ats=no",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "the device IOTLB is forgotten",
                        BrokenProvider.withParts(DefectiveParts.withoutDevices()),
                        PASID,
                        "DRV-04"),
                defect(
                        "only GN=0 is invalidated",
                        BrokenProvider.withParts(DefectiveParts.hostTagsOnly()),
                        PASID,
                        "DRV-04"),
                defect(
                        "only PASID 0 is invalidated (Linux, detach)",
                        BrokenProvider.withParts(DefectiveParts.pasidZeroOnly()),
                        PASID,
                        "DRV-04"),
                defect(
                        "the device IOTLB is told before the IOMMU",
                        BrokenProvider.withParts(DefectiveSwitches.deviceFirst()),
                        PASID,
                        "DRV-04",
                        "DRV-16"),
                defect(
                        "commands are sent and not waited for (CVE-2026-68329)",
                        BrokenProvider.withParts(DefectiveParts.notWaiting()),
                        "pasid/v2-5-level->v2-5-level/alone/ats=no",
                        "DRV-13"),
                defect(
                        "no barrier before a GCR3 page is published",
                        BrokenProvider.withMemory(DefectiveMemory.withoutBarriers()),
                        "pasid/blocked->v2-5-level/fresh-leaf/default",
                        "DRV-11"),
                defect(
                        "the old table is freed before the wait",
                        BrokenProvider.withMemory(DefectiveMemory.freeingTooEarly(DefectiveStores::isPointer)),
                        PASID,
                        "DRV-07"));
    }

    private static DeviceTableUpdate parked(DeviceTableUpdate right) {
        return through(right, DeviceTableEntry.VALID);
    }

    private static DeviceTableUpdate passingThrough(DeviceTableUpdate right) {
        return through(right, 0);
    }

    private static DeviceTableUpdate through(DeviceTableUpdate right, long word0) {
        List<DeviceTableEntry> steps = new ArrayList<>(right.steps());
        DeviceTableEntry last = steps.get(steps.size() - 1);
        steps.add(steps.size() - 1, new DeviceTableEntry(word0, last.word1(), last.word2()));
        return new DeviceTableUpdate(steps, false);
    }
}
