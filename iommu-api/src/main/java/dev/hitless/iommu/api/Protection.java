package dev.hitless.iommu.api;

/**
 * What a mapping allows, and how its memory is to be accessed.
 *
 * @param read DMA reads are allowed
 * @param write DMA writes are allowed
 * @param execute instruction fetches by the device are allowed; drivers without that notion ignore it
 * @param mmio the target is device memory, not RAM: uncached, strongly ordered where the format can say so
 */
public record Protection(boolean read, boolean write, boolean execute, boolean mmio) {
    /** RAM, read and write. */
    public static final Protection READ_WRITE = new Protection(true, true, false, false);
    /** RAM, read only. */
    public static final Protection READ_ONLY = new Protection(true, false, false, false);
    /** RAM, write only. Formats that cannot express it (first-stage tables) refuse it with EINVAL. */
    public static final Protection WRITE_ONLY = new Protection(false, true, false, false);

    public Protection {
        if (!read && !write) {
            throw new IommuException(
                    Errno.EINVAL, "a mapping that allows neither read nor write; unmap the range instead");
        }
    }

    @Override
    public String toString() {
        return (read ? "r" : "-") + (write ? "w" : "-") + (execute ? "x" : "-") + (mmio ? " mmio" : "");
    }
}
