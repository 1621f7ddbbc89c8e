package dev.hitless.iommu.driver.support.replace;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

/** One change of domain, of one device and PASID: which entries change, in which order. With the device's lock held. */
public interface DomainSwitch {
    /**
     * Allocates what is needed.
     *
     * @throws IommuException ENOMEM; EIO, ETIMEDOUT (a table that was added could not be made known). Nothing has changed
     *     then.
     */
    void prepare();

    /** How it will be done; once it is prepared. */
    ReplacePlan kind();

    /**
     * Does it. On return hardware has forgotten the old domain.
     *
     * @throws IommuException EIO, ETIMEDOUT; hardware may know both then
     */
    void carryOut();

    /** Blocks with stores alone, and invalidates nothing: for when that has just failed. */
    void block();

    /** Whether hardware acts as before on everything, although {@link #carryOut} failed. */
    default boolean isOldInForce(IommuException failure) {
        return false;
    }

    /** Contents of the entry that hardware may hold copies of after {@link #carryOut} failed. */
    default List<EntryContent> possiblyCached(IommuException failure) {
        return List.of();
    }
}
