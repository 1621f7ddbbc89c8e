package dev.hitless.iommu.hardware;

/** What a fault means, whatever the architecture's code. Verdicts turn on the class, messages show the code. */
public enum FaultClass {
    /** The domain does not map the address (entry not present, or the address is beyond the table's width). */
    NOT_MAPPED,
    /** The domain maps the address without this permission. */
    PERMISSION,
    /** No translation stands behind the request: entry not present, or an entry that says abort. */
    BLOCKED,
    /** An entry that the specification calls illegal: reserved bits, unsupported type, inconsistent fields. */
    ILLEGAL_ENTRY,
    /** Hardware could not read a structure: no memory there. */
    ACCESS,
    /** Two cached translations contradict each other in a way that the architecture leaves undefined. */
    CONFLICT
}
