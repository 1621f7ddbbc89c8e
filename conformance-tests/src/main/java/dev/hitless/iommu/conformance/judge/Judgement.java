package dev.hitless.iommu.conformance.judge;

import java.util.List;

/**
 * What came of one operation.
 *
 * @param findings broken rules; empty if all were kept
 * @param seen what the subject's DMA experienced
 * @param cost what the driver did
 * @param observations combinations of instant, request and versions that were evaluated
 */
public record Judgement(List<Finding> findings, Seen seen, Cost cost, long observations) {
    /** What DMA experienced, worst first. */
    public enum Seen {
        /** Something that is neither old nor new nor blocked. */
        TORN("torn"),
        /** Blocked for a while. */
        BREAK_BEFORE_MAKE("break-before-make"),
        /** Old or new at every instant. */
        HITLESS("hitless"),
        /** The driver refused. */
        UNSUPPORTED("unsupported");

        private final String label;

        Seen(String label) {
            this.label = label;
        }

        /** The name used in reports. */
        public String label() {
            return label;
        }
    }

    public Judgement {
        findings = List.copyOf(findings);
    }
}
