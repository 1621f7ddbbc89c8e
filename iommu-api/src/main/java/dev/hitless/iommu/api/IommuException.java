package dev.hitless.iommu.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation was refused or failed. The message names the device, the PASID, the domain, the value at fault, the
 * reason and the remedy. Unless a method says otherwise, nothing has changed.
 */
public class IommuException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    /** @param detail names the values at fault, the reason and the remedy */
    public IommuException(Errno errno, String detail) {
        this(errno, detail, null);
    }

    /** @param detail names the values at fault, the reason and the remedy */
    public IommuException(Errno errno, String detail, @Nullable Throwable cause) {
        super(errno + ": " + detail, cause);
        this.errno = Objects.requireNonNull(errno, "errno");
    }

    /** The errno that a kernel would return. */
    public Errno errno() {
        return errno;
    }
}
