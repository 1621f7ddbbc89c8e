package dev.hitless.iommu.hardware.smmuv3;

/**
 * A {@link dev.hitless.iommu.hardware.StructureReader} that also wants what an event record says beyond the fault code.
 * Walkers look for it where a fault or a nested leaf was found; other readers are not bothered.
 */
interface FaultWitness {
    /** What stage 2 was translating for (event field Class). */
    enum Purpose {
        /** A context descriptor or its table. */
        CONTEXT_DESCRIPTOR,
        /** A stage-1 table. */
        TABLE_WALK,
        /** The output of stage 1, or the input where there is no stage 1. */
        INPUT;

        /** Value of the event field. */
        int encoding() {
            return ordinal();
        }
    }

    /** The STE and CD in force say whether faults of a stage are recorded and stall. */
    void policy(boolean stage1Records, boolean stage1Stalls, boolean stage2Records, boolean stage2Stalls);

    /** Stage 2 faulted on {@code intermediateAddress}. */
    void stage2Fault(long intermediateAddress, Purpose purpose);

    /** Stage 2 translated {@code intermediateAddress}, which stage 1 gave with these permissions (all where it is off). */
    void stage2Leaf(long intermediateAddress, int stage1Permissions);
}
