package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveMemory;
import java.util.stream.Stream;

/**
 * The checker bites: drivers with one defect each, most of which have been in real kernels. Each is caught by the rule
 * named, and by none that it keeps: the whole set of broken rules is compared.
 */
class BrokenDriversTest extends BrokenDrivers {
    private static final String FIRST_TO_FIRST = "pasid/first-stage-4-level->first-stage-4-level/";
    private static final String SECOND_TO_SECOND = "pasid/second-stage-4-level->second-stage-4-level/";
    private static final String SECOND_TO_FIRST = "pasid/second-stage-4-level->first-stage-4-level/";

    @Override
    protected IommuDriverProvider driver() {
        return new VtdDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                defect(
                        "the new entry is copied over the live one (CVE-2026-45945)",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::copyOver)),
                        SECOND_TO_FIRST + "alone/default",
                        "DRV-02"),
                defect(
                        "P is cleared first although hitless is promised",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::presentClearedFirst)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "the entry is zeroed in one go while it is present (CVE-2026-45894)",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::zeroedWhilePresent)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-02",
                        "DRV-03"),
                defect(
                        "no barrier before the directory entry is published",
                        BrokenProvider.withMemory(DefectiveMemory.withoutBarriers()),
                        "pasid/blocked->first-stage-4-level/fresh-leaf/default",
                        "DRV-11"),
                defect(
                        "no cache cleaning where hardware does not snoop",
                        BrokenProvider.withMemory(DefectiveMemory.withoutCleaning()),
                        SECOND_TO_SECOND + "alone/coherent=no",
                        "DRV-12"),
                defect(
                        "the PASID-cache invalidation is missing",
                        BrokenProvider.withParts(DefectiveParts.withoutPasidCache()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "the PASID-cache invalidation names the new domain id",
                        BrokenProvider.withParts(DefectiveParts.newDomainIdInsteadOfOld()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "the IOTLB invalidation is missing",
                        BrokenProvider.withParts(DefectiveParts.withoutIotlb()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "invalidations are sent and not waited for",
                        BrokenProvider.withParts(DefectiveParts.notWaiting()),
                        SECOND_TO_SECOND + "alone/device-tlb=no",
                        "DRV-13"),
                defect(
                        "root and domain id are changed in two steps under a shared id",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::rootThenDomainId)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-06"),
                defect(
                        "root and domain id are changed in two steps, and another device uses the old id",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::rootThenDomainId)),
                        FIRST_TO_FIRST + "same-pasid-old/default",
                        "DRV-05",
                        "DRV-06"),
                defect(
                        "the old leaf is freed before the wait",
                        BrokenProvider.withMemory(DefectiveMemory.freeingTooEarly(DefectiveStores::isPointer)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-07"),
                defect(
                        "the device TLB is told before the IOTLB",
                        BrokenProvider.withParts(DefectiveParts.spoiling(DefectivePlans::deviceFirst)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-16"),
                defect(
                        "the device TLB is forgotten",
                        BrokenProvider.withParts(DefectiveParts.withoutDeviceTlb()),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-04"),
                defect(
                        "the device TLB is forgotten under the device's alias",
                        BrokenProvider.withParts(DefectiveParts.devicesUnderTheirFirstId()),
                        FIRST_TO_FIRST + "aliases/default",
                        "DRV-04"),
                defect(
                        "only the device's first id gets a context entry",
                        BrokenProvider.withParts(DefectiveParts.contextsInstalledUnderTheirFirstId()),
                        FIRST_TO_FIRST + "aliases/default",
                        "DRV-01"),
                defect(
                        "the context entry of the device's alias stays when the device goes",
                        BrokenProvider.withParts(DefectiveParts.contextsRemovedUnderTheirFirstId()),
                        "faults/release/pasid/first-stage-4-level/default",
                        "DRV-01",
                        "DRV-03",
                        "DRV-07",
                        "DRV-08",
                        "DRV-26"),
                defect(
                        "the context cache is told of the device's first id only when the device goes",
                        BrokenProvider.withParts(DefectiveParts.contextsForgottenUnderTheirFirstId()),
                        "faults/release/pasid/first-stage-4-level/default",
                        "DRV-07"),
                defect(
                        "an unmap drops nothing from the IOTLB",
                        BrokenProvider.withParts(DefectiveParts.withoutUnmappedPages()),
                        "pasid/first-stage-4-level/map-unmap/device-tlb=no",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "second-stage translations are dropped by a PASID-selective invalidation only",
                        BrokenProvider.withParts(DefectiveParts.secondStageByPasid()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "page requests are not drained (Linux cf08ca81d08a)",
                        BrokenProvider.withParts(DefectiveDrains.notAtAll()),
                        "page-requests/pasid/first-stage-4-level->blocked/default",
                        "DRV-19"),
                defect(
                        "page requests are drained before the switch",
                        BrokenProvider.withParts(DefectiveDrains.tooEarly()),
                        "page-requests/pasid/first-stage-4-level->first-stage-4-level/default",
                        "DRV-19"),
                defect(
                        "page requests are read from the queue, and hardware is not asked for more",
                        BrokenProvider.withParts(DefectiveDrains.softwareOnly()),
                        "page-requests/pasid/first-stage-4-level->first-stage-4-level/default",
                        "DRV-19"),
                defect(
                        "page requests: the wait does not drain (PD)",
                        BrokenProvider.withParts(DefectiveDrains.ordinaryWait()),
                        "page-requests/pasid/first-stage-4-level->first-stage-4-level/default",
                        "DRV-19"),
                defect(
                        "page requests are drained with no fence between IOTLB and device TLB",
                        BrokenProvider.withParts(DefectiveDrains.unfenced()),
                        "core/page-requests/detached/default",
                        "DRV-16"),
                defect(
                        "another PASID's entry in the same leaf is disturbed",
                        BrokenProvider.withMemory(DefectiveStores.DisturbingTheNeighbour::new),
                        SECOND_TO_SECOND + "same-leaf/default",
                        "DRV-05"));
    }
}
