package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.replace.DomainReplacement;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.Ownership;

/** Puts a domain behind a PASID, or behind requests without: any fits anywhere, as all have PASID entries alike. */
class PasidReplacement extends DomainReplacement<VtdDevice, VtdDomain> {
    private final RemappingUnit unit;

    PasidReplacement(Ownership<VtdDevice, VtdDomain> ownership, RemappingUnit unit) {
        super(ownership, unit.events());
        this.unit = unit;
    }

    @Override
    protected DomainSwitch newSwitch(VtdDevice device, Pasid pasid, VtdDomain previous, VtdDomain target) {
        return new PasidSwitch(unit, device, pasid, target);
    }

    /** Pointers to leaves that were exchanged carry no domain id, so everything goes. */
    @Override
    protected void forgetRemains(VtdDevice device, Pasid pasid) {
        if (device.directory().hasRetired()) {
            unit.invalidations().allPasidEntries();
            device.directory().freeRetired();
        }
    }

    @Override
    protected void drainPageRequests(VtdDevice device, Pasid pasid, VtdDomain previous) {
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null && device.features().sendsPageRequests() && previous.type() != DomainType.BLOCKED) {
            pageRequests.drain(device, pasid, previous.tag(pasid));
        }
    }
}
