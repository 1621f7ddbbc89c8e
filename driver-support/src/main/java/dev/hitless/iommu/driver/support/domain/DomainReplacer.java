package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;

/** Puts domains behind PASIDs. */
public interface DomainReplacer {
    /** As {@link IommuDomain#setDevPasid}, of {@code target}. */
    void replace(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target);

    /**
     * Blocks {@code pasid} with what memory there is, where {@link #replace} by the blocked domain has failed. Who was
     * attached keeps its user until hardware has forgotten it ({@link #settle}).
     */
    void cutOff(IommuDevice device, Pasid pasid);

    /**
     * If {@code pasid} had to be fenced, tries again to make hardware forget what may have been left of it. Nobody uses a
     * domain any more because of {@code pasid} if that succeeds; if not, nothing has changed.
     */
    void settle(IommuDevice device, Pasid pasid);
}
