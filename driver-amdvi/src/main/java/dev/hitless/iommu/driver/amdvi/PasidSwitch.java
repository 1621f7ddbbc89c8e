package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import java.util.List;
import java.util.Objects;

/**
 * Another domain behind a PASID: one 64-bit store to its GCR3 entry. Old and new share the tag (DomainID, PASID), so until
 * the invalidation is complete hardware answers from either; nobody else has that tag.
 */
final class PasidSwitch implements DomainSwitch {
    private final AmdviUnit unit;
    private final AmdviDevice device;
    private final Pasid pasid;
    private final AmdviDomain target;
    private final Gcr3Table gcr3;

    PasidSwitch(AmdviUnit unit, AmdviDevice device, Pasid pasid, AmdviDomain target) {
        this.unit = unit;
        this.device = device;
        this.pasid = pasid;
        this.target = target;
        this.gcr3 = Objects.requireNonNull(device.gcr3(), "a device with PASIDs has a GCR3 table");
    }

    @Override
    public void prepare() {
        gcr3.addLeaf(pasid);
    }

    @Override
    public ReplacePlan kind() {
        return ReplacePlan.IN_PLACE;
    }

    @Override
    public void carryOut() {
        gcr3.store(pasid, target.gcr3Entry());
        // Not-present entries too may have been cached (NpCache), so this does not depend on what was there.
        unit.invalidations().translations(List.of(TranslationTag.guest(device.domainId(), pasid)));
        unit.invalidations().devices(AmdviReplacement.user(device, pasid), List.of(AddressSpan.EVERYTHING));
    }

    @Override
    public void block() {
        gcr3.store(pasid, Gcr3Table.NOT_VALID);
    }
}
