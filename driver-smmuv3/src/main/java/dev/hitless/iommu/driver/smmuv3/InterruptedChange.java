package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.update.UpdateInterruptedException;

/** Hardware stopped answering in the middle of a change of domain. */
final class InterruptedChange extends IommuException {
    private static final long serialVersionUID = 1L;

    private final boolean nothingChanged;

    InterruptedChange(boolean nothingChanged, UpdateInterruptedException cause) {
        super(cause.errno(), "change of domain interrupted: " + cause.getMessage(), cause);
        this.nothingChanged = nothingChanged;
    }

    /** Whether hardware acts as before on everything. */
    boolean nothingChanged() {
        return nothingChanged;
    }
}
