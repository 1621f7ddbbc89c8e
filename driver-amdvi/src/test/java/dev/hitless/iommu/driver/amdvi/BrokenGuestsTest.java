package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import java.util.stream.Stream;

/**
 * Drivers that forget that a guest has PASIDs of its own. Requests without PASID, and PASID 0, see nothing of it: what is
 * left over is met behind the guest's other PASIDs only.
 */
class BrokenGuestsTest extends BrokenDrivers {
    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                ofDevices("replaced by another", "rid/nested->nested/alone/default"),
                ofDevices("replaced by its parent's kind", "rid/nested->v1-4-level/alone/default"),
                ofDevices("replaced by a domain of v2 tables", "rid/nested->v2-5-level/alone/default"),
                ofDevices("replaced by the identity domain", "rid/nested->identity/alone/default"),
                ofDevices("detached", "rid/nested->blocked/alone/default"),
                ofDevices("about to lose a page of its guest", "rid/nested/map-unmap/default"),
                defect(
                        "nothing is dropped from the device IOTLB when a nested domain is detached",
                        BrokenProvider.withParts(DefectiveParts.withoutDevices()),
                        "rid/nested->blocked/alone/default",
                        "DRV-04"),
                defect(
                        "when a guest loses a page, the IOTLB loses it for PASID 0 only",
                        BrokenProvider.withParts(DefectiveInvalidations.withoutHostTags()),
                        "rid/nested/map-unmap/ats=no",
                        "DRV-04"),
                defect(
                        "copies of a guest's GCR3 entries stay when its domain is freed, under a DomainID that goes on to another",
                        BrokenProvider.withParts(DefectiveInvalidations.withoutGuestsPasids()),
                        "rid/nested/freed/default",
                        "DRV-06"));
    }

    private static Defect ofDevices(String when, String scenario) {
        return defect(
                "the device IOTLB loses PASID 0 only when a nested domain is " + when,
                BrokenProvider.withParts(DefectiveInvalidations.devicesOfPasidZero()),
                scenario,
                "DRV-04");
    }
}
