package dev.hitless.iommu.api;

/** What a driver can do on the hardware that it found. Claimed means tested; not claimed means refused. */
public enum Capability {
    /** Domains behind PASIDs. */
    PASID("PASID"),
    /** Address translation services: devices cache translations. */
    ATS("ATS"),
    /** Page requests by devices. */
    PRI("PRI"),
    /** First-stage paging domains. */
    FIRST_STAGE("first stage"),
    /** Second-stage paging domains. */
    SECOND_STAGE("second stage"),
    /** Nested domains. */
    NESTED("nesting"),
    /** Shared virtual addressing. */
    SVA("SVA"),
    /** Identity domains. */
    IDENTITY("identity");

    private final String label;

    Capability(String label) {
        this.label = label;
    }

    /** The name used in messages. */
    public String label() {
        return label;
    }
}
