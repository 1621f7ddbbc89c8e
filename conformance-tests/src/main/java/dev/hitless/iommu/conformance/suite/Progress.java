package dev.hitless.iommu.conformance.suite;

/** Hears how far a run has come. Called from any thread. */
@FunctionalInterface
public interface Progress {
    /** Nobody listens. */
    Progress SILENT = (done, all) -> {};

    /** {@code done} of {@code all} scenarios are done. */
    void scenarios(int done, int all);
}
