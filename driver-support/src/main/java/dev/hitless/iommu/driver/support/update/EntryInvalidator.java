package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.IommuException;

/**
 * Makes hardware drop cached copies of one entry and what came of it. Implemented by the driver for the device, or
 * devices, and the PASID that use the entry. Every method returns only when the completion was observed.
 *
 * <p>Every method throws EIO or ETIMEDOUT if hardware did not do it; the executor tries again.
 */
public interface EntryInvalidator {
    /**
     * Drops every copy of the entry that carries the tags of {@code tagged}. Where hardware caches entries that are not
     * valid (VT-d CAP.CM), {@code tagged} may be such a one, and the tags are those of hardware's choice.
     *
     * @param tagged content of the entry before; or, in a second call for the same step, content that comes next, whose
     *     tag a fetch that is still under way may pick up ({@link EntryLayout#copiesTagged})
     * @param current content of the entry now
     */
    void invalidateConfiguration(EntryContent tagged, EntryContent current);

    /**
     * Drops every copy of the pointer to the old leaf and of all entries that were read through it, whosoever's. Needed
     * for leaf swaps only.
     */
    default void invalidateLeafPointer(EntryContent replaced, EntryContent current) {
        throw new UnsupportedOperationException("a leaf swap was planned for an entry that has no leaf pointer");
    }

    /** Drops every translation, and paging structure, under the tags of {@code replaced}, for this PASID at least. */
    void invalidateTranslation(EntryContent replaced);

    /** Drops the device's own translations for this PASID. Does nothing while the device's ATS is off. */
    void invalidateDevice(EntryContent replaced);

    /** Carries out one step. To be overridden if several tags can be sent as one batch. */
    default void invalidate(PlanStep.Invalidate step) throws IommuException {
        switch (step.scope()) {
            case CONFIGURATION -> step.tagged().forEach(content -> invalidateConfiguration(content, step.current()));
            case LEAF_POINTER -> invalidateLeafPointer(step.replaced(), step.current());
            case TRANSLATION -> invalidateTranslation(step.replaced());
            case DEVICE -> invalidateDevice(step.replaced());
        }
    }
}
