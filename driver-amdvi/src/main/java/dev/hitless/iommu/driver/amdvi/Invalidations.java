package dev.hitless.iommu.driver.amdvi;

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
    /** Copies of the device-table entries of these DeviceIDs. */
    void deviceTableEntries(List<Integer> deviceIds);

    /** Translations, directories and GCR3 entries of everything in {@code tags}. */
    void translations(List<TranslationTag> tags);

    /** The same, of some pages only. */
    void pages(List<TranslationTag> tags, List<AddressSpan> pages);

    /**
     * What devices keep of {@code pages}. Only after the IOMMU's translations, from which devices refill. Devices that are
     * gone or have ATS off are left out.
     */
    void devices(List<DomainUser> users, List<AddressSpan> pages);

    /** Everything that the IOMMU itself caches, whatever its tag. Where the hardware has no such command, nothing. */
    void everything();
}
