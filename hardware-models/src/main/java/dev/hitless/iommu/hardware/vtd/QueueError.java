package dev.hitless.iommu.hardware.vtd;

/** Why the invalidation queue stopped: IQERCD_REG.IQEI (VT-d spec 11.4.9.9). */
enum QueueError {
    NONE(0),
    /** The tail lies outside the queue. */
    TAIL(1),
    /** The descriptor could not be fetched; also what a rejected command ends in. */
    FETCH(2),
    /** No such descriptor type on this hardware. */
    TYPE(3),
    /** Reserved bits or an illegal field value. */
    RESERVED_FIELD(4),
    /** The descriptor needs a queue of 256-bit descriptors. */
    WIDTH(5),
    /** The tail points between two descriptors. */
    TAIL_ALIGNMENT(6),
    /** The descriptor needs a root table in scalable mode. */
    TABLE_MODE(7);

    private final int code;

    QueueError(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
