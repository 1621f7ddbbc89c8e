package dev.hitless.iommu.qemu.unit;

/**
 * A known way in which an emulated IOMMU departs from its specification. What is seen of it is counted under its name and
 * not held against the driver or the model; anything else that differs is an error.
 */
public enum Departure {
    /** VT-d: second-stage faults have the reasons of legacy mode (0x04..0x06), not those of scalable mode (0x78..0x7A). */
    LEGACY_FAULT_REASONS("legacy-fault-reasons", "second-stage faults have the reasons of legacy mode"),
    /** VT-d: fault reason 0x58 stands for every problem with a PASID directory or table entry. */
    ONE_REASON_FOR_PASID_ENTRIES(
            "one-reason-for-pasid-entries", "fault reason 0x58 whatever is wrong with a PASID entry"),
    /**
     * VT-d: once a request passed through an identity domain, all requests of the device do, whatever its entries say, until
     * its context entry is invalidated. The specification asks for no such invalidation when a PASID entry changes.
     */
    PASS_THROUGH_STICKS(
            "pass-through-sticks", "after an identity domain requests pass until the context cache is dropped"),
    /**
     * VT-d, AMD-Vi: the IOTLB is looked up by requester and address; the specification has it looked up by domain id. What the
     * old domain left there is met until it is dropped, although the PASID entry names another domain already.
     */
    IOTLB_FOUND_BY_REQUESTER("iotlb-found-by-requester", "the IOTLB is looked up by requester, not by domain id"),
    /** SMMUv3: GBPA reads as zero, and its ABORT bit does nothing: DMA passes while the SMMU is off. */
    GBPA_IGNORED("gbpa-ignored", "GBPA.ABORT cannot be set"),
    /** AMD-Vi: requests from behind a bridge carry bus number 0, whatever the bridge was told. */
    BUS_0_BEHIND_BRIDGES("bus-0-behind-bridges", "requests from behind a bridge carry bus number 0"),
    /** AMD-Vi: nothing is ever written to the event log. */
    NO_EVENT_LOG("no-event-log", "faults are not logged"),
    /** AMD-Vi: the command buffer and the event log run only while the IOMMU is on; the specification does not say so. */
    RUN_BITS_NEED_IOMMU_EN("run-bits-need-iommu-en", "CmdBufRun and EventLogRun are 0 while IommuEn is 0");

    private final String label;
    private final String sentence;

    Departure(String label, String sentence) {
        this.label = label;
        this.sentence = sentence;
    }

    /** Its name in reports. */
    public String label() {
        return label;
    }

    /** What is different, in one sentence. */
    public String sentence() {
        return sentence;
    }
}
