package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Drops what is cached of the entry of one PASID while it changes, as the guidance of VT-d spec 6.5.3.3 asks. */
class PasidEntryInvalidator implements EntryInvalidator {
    private final Invalidations invalidations;
    private final boolean cachingMode;
    private final VtdDevice device;
    private final Pasid pasid;
    private final PasidEntry target;

    /**
     * @param cachingMode CAP.CM
     * @param target what the entry becomes
     */
    PasidEntryInvalidator(
            Invalidations invalidations, boolean cachingMode, VtdDevice device, Pasid pasid, PasidEntry target) {
        this.invalidations = invalidations;
        this.cachingMode = cachingMode;
        this.device = device;
        this.pasid = pasid;
        this.target = target;
    }

    /**
     * Copies carry the domain id that they were read with, so the old content's copies go by the old id. The new one's is
     * named too: a fetch that read one piece before this step, and reads the piece with the domain id after the next one,
     * carries the new id.
     */
    @Override
    public void invalidateConfiguration(EntryContent replaced, EntryContent current) {
        PasidEntry before = PasidEntryLayout.entry(replaced);
        if (!before.isPresent() && cachingMode) {
            // Not present is cached too, under a domain id of the hardware's choice, pieces of the directory included.
            invalidations.allPasidEntries();
            return;
        }
        if (device.interrupted().concern(pasid) || device.directory().hasRetired()) {
            // An interrupted change, maybe of a neighbour, may have been a leaf swap: pointers carry no domain id.
            invalidations.allPasidEntries();
            return;
        }
        Set<Integer> domainIds = new LinkedHashSet<>();
        if (before.isPresent()) {
            domainIds.add(before.domainId());
        }
        if (target.isPresent()) {
            domainIds.add(target.domainId());
        }
        domainIds.forEach(domainId -> invalidations.pasidEntry(domainId, pasid));
    }

    /**
     * Everything that was read through the old pointer: 64 PASIDs with as many domain ids, and the pointer itself, which
     * has none. One command for all of it beats one for each.
     */
    @Override
    public void invalidateLeafPointer(EntryContent replaced, EntryContent current) {
        invalidations.allPasidEntries();
    }

    @Override
    public void invalidateTranslation(EntryContent replaced) {
        PasidEntry before = PasidEntryLayout.entry(replaced);
        if (before.isPresent()) {
            invalidations.translations(List.of(before.translationTag(pasid)));
        } else if (cachingMode && target.isPresent()) {
            // A fault may be cached as if it were a translation.
            invalidations.translations(List.of(target.translationTag(pasid)));
        }
    }

    @Override
    public void invalidateDevice(EntryContent replaced) {
        invalidations.devices(List.of(new DomainUser(device, pasid)), List.of(AddressSpan.EVERYTHING));
    }
}
