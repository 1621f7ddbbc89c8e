package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/**
 * Makes the hardware forget. Every method returns when the completion was seen, so what is called later comes later:
 * hardware knows no order among invalidations but that.
 *
 * <p>Every method throws EIO or ETIMEDOUT when the hardware did not do it.
 */
interface Invalidations {
    /** Context entries of these devices. */
    void contexts(List<Integer> sourceIds);

    /** All context and root entries. */
    void allContexts();

    /** PASID entries of {@code pasid} that carry {@code domainId}, whichever device's. */
    void pasidEntry(int domainId, Pasid pasid);

    /** All PASID entries, and pieces of PASID directories. */
    void allPasidEntries();

    /** All translations, whatever their tag. */
    void allTranslations();

    /** Translations and paging structures tagged {@code domainId}, with no PASID: second stage. */
    void translationsOfDomain(int domainId);

    /** Translations and paging structures of everything in {@code tags}. */
    void translations(List<TranslationTag> tags);

    /**
     * Translations of {@code pages} of everything in {@code tags}.
     *
     * @param leavesOnly no entry that leads to a table has changed: paging structures may be kept
     */
    void pages(List<TranslationTag> tags, List<AddressSpan> pages, boolean leavesOnly);

    /**
     * What devices keep of {@code pages}. Only after the IOMMU's translations, from which devices refill. Devices that are
     * gone or have ATS off are left out.
     */
    void devices(List<DomainUser> users, List<AddressSpan> pages);

    /** Sees to it that page requests and responses of a PASID that are under way have arrived (VT-d spec 7.10). */
    void drainPageRequests(VtdDevice device, Pasid pasid, TranslationTag tag);
}
