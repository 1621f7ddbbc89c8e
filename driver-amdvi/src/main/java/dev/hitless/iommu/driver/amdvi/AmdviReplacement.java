package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.replace.DomainReplacement;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/** Puts a domain behind a PASID, which selects a GCR3 entry, or behind requests without, which the device table sends on. */
class AmdviReplacement extends DomainReplacement<AmdviDevice, AmdviDomain> {
    private final AmdviUnit unit;
    private final AttachmentRules rules = new AttachmentRules();

    AmdviReplacement(AmdviDriver driver, AmdviUnit unit) {
        super(driver.ownership(), unit.events());
        this.unit = unit;
    }

    @Override
    protected void requireFits(AmdviDevice device, Pasid pasid, AmdviDomain target) {
        rules.requireFits(device, pasid, target);
    }

    @Override
    protected DomainSwitch newSwitch(AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
        return pasid.isNone()
                ? new RequesterSwitch(unit, device, previous, target)
                : new PasidSwitch(unit, device, pasid, target);
    }

    /** There is no command for it: what is in the log when the device's invalidation is complete is all there is. */
    @Override
    protected void drainPageRequests(AmdviDevice device, Pasid pasid, AmdviDomain previous) {
        PageRequests requests = unit.pageRequests();
        if (requests != null && device.features().sendsPageRequests() && previous.type() != DomainType.BLOCKED) {
            requests.service();
        }
    }

    /** The user as invalidations take it. */
    static List<DomainUser> user(AmdviDevice device, Pasid pasid) {
        return List.of(new DomainUser(device, pasid));
    }
}
