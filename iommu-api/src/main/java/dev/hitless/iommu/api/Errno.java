package dev.hitless.iommu.api;

/** Why an operation was refused or failed, in the words of the field. */
public enum Errno {
    /** An argument or a combination of arguments that can never work. */
    EINVAL("invalid argument"),
    /** No such device, or the device has no IOMMU behind it. */
    ENODEV("no such device"),
    /** No such entry: nothing is attached or stored under that key. */
    ENOENT("no such entry"),
    /** In use; the same call may work later. */
    EBUSY("busy"),
    /** Already there. */
    EEXIST("already exists"),
    /** The driver or the hardware does not offer this. */
    EOPNOTSUPP("not supported"),
    /** Out of memory. */
    ENOMEM("out of memory"),
    /** Out of ids (domain ids, ASIDs, VMIDs, PASIDs) or of queue space. */
    ENOSPC("no space left"),
    /** A value does not fit the range that the device can express. */
    EOVERFLOW("value too large"),
    /** The hardware rejected a command or reported an internal error. */
    EIO("input/output error"),
    /** The hardware did not complete in time. */
    ETIMEDOUT("timed out");

    private final String meaning;

    Errno(String meaning) {
        this.meaning = meaning;
    }

    /** A few words for people. */
    public String meaning() {
        return meaning;
    }
}
