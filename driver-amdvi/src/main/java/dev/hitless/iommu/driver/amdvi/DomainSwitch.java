package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.ReplacePlan;

/** One change of domain, of one device and PASID. With the device's lock held. */
interface DomainSwitch {
    /** Allocates what is needed. Throws ENOMEM; nothing has changed then. */
    void prepare();

    /** How it will be done. */
    ReplacePlan kind();

    /**
     * Does it. On return hardware has forgotten the old domain.
     *
     * @throws dev.hitless.iommu.api.IommuException EIO, ETIMEDOUT; hardware may know both then
     */
    void carryOut();

    /** Blocks with stores alone, and invalidates nothing: for when that has just failed. */
    void block();
}
