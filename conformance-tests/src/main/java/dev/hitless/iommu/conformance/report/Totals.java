package dev.hitless.iommu.conformance.report;

/**
 * Work done.
 *
 * @param scenarios scenarios run
 * @param observations distinct combinations of instant, request and versions read that were evaluated
 * @param traces operations recorded
 * @param faultsInjected calls made to fail
 * @param schedules interleavings run
 */
public record Totals(long scenarios, long observations, long traces, long faultsInjected, long schedules) {
    /** Nothing done. */
    public static final Totals NONE = new Totals(0, 0, 0, 0, 0);

    /** The sum. */
    public Totals plus(Totals other) {
        return new Totals(
                scenarios + other.scenarios,
                observations + other.observations,
                traces + other.traces,
                faultsInjected + other.faultsInjected,
                schedules + other.schedules);
    }
}
