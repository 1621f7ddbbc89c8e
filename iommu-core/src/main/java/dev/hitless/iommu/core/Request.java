package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;

/**
 * A call by a user of the core, as its refusals name it.
 *
 * @param what for example {@code attach of first-stage#3}
 * @param where for example {@code 0000:00:04.0, PASID 0x5}
 */
record Request(String what, String where) {
    /**
     * The exception that refuses it.
     *
     * @param reason names the value at fault, why it is at fault, and what to do instead
     */
    IommuException refuse(Errno errno, String reason) {
        return new IommuException(errno, what + " (" + where + "): " + reason);
    }
}
