package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;

/** Hardware has rejected a command of a batch: that one was not carried out, and will not be. */
public final class CommandRejectedException extends IommuException {
    private static final long serialVersionUID = 1L;

    /** @param detail names the queue and the commands */
    public CommandRejectedException(String detail) {
        super(Errno.EIO, detail);
    }
}
