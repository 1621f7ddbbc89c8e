package dev.hitless.iommu.conformance.trace;

/** A way in which a fallible call of the platform can fail. */
public enum Fault {
    /** An allocation returns none. Once. */
    NO_MEMORY("no-memory", false),
    /**
     * A command is rejected by the architecture's own means (VT-d IQE, SMMUv3 CERROR_ILL, AMD-Vi ILLEGAL_COMMAND_ERROR).
     * Once.
     */
    REJECTED("rejected", false),
    /**
     * A command is lost: neither it nor what comes after it completes until the driver recovers the queue; if it was for a
     * device, as if the device had not answered (VT-d ITE, SMMUv3 CERROR_ATC_INV_SYNC). Once.
     */
    LOST("lost", false),
    /** A wait for the hardware ends before the hardware is done; it is done right afterwards. Once. */
    LATE("late", false),
    /** The function vanishes at this call: it answers nothing any more. */
    GONE("device-gone", false),
    /** This command and all after it are rejected, until the operation is over. */
    REJECTING("all-rejected", true),
    /** This command and all after it are lost, until the operation is over. */
    HUNG("hung", true),
    /** This command and all others for devices are lost, until the operation is over; the IOMMU's own are carried out. */
    SILENT("device-silent", true);

    private final String label;
    private final boolean lasting;

    Fault(String label, boolean lasting) {
        this.label = label;
        this.lasting = lasting;
    }

    /** Whether every later call of this kind fails too, until the plan is armed anew. */
    public boolean isLasting() {
        return lasting;
    }

    @Override
    public String toString() {
        return label;
    }
}
