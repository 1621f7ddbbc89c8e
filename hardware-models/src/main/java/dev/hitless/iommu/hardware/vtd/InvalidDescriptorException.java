package dev.hitless.iommu.hardware.vtd;

/** A queued descriptor that the specification calls malformed. */
final class InvalidDescriptorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final QueueError error;

    InvalidDescriptorException(QueueError error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    QueueError error() {
        return error;
    }

    /** Refuses a descriptor with any of the given reserved bits set. */
    static void checkReserved(String command, long reservedIn0, long reservedIn1) throws InvalidDescriptorException {
        if ((reservedIn0 | reservedIn1) != 0) {
            throw new InvalidDescriptorException(
                    QueueError.RESERVED_FIELD,
                    command + " with reserved bits set: word 0 & 0x" + Long.toHexString(reservedIn0) + ", word 1 & 0x"
                            + Long.toHexString(reservedIn1));
        }
    }

    /** Refuses a granularity that the command does not have. */
    static void checkGranularity(String command, int granularity, boolean exists) throws InvalidDescriptorException {
        if (!exists) {
            throw new InvalidDescriptorException(
                    QueueError.RESERVED_FIELD, command + " with reserved granularity " + granularity);
        }
    }
}
