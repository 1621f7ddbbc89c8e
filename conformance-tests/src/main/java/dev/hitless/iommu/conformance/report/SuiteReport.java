package dev.hitless.iommu.conformance.report;

import java.util.List;
import java.util.Map;

/**
 * A whole run.
 *
 * @param settings how the suite was run
 * @param drivers one report for each driver, ordered by id
 */
public record SuiteReport(Settings settings, List<DriverReport> drivers) {
    /**
     * How the suite was run.
     *
     * @param version of the suite
     * @param visibility {@code weak} or {@code tso}
     * @param fetchOrder {@code default} or {@code any}
     * @param faults which fallible calls were made to fail: {@code rotating}, {@code all} or {@code none}
     * @param schedules bound on preemptions; 0: operations one after another
     * @param seed of everything that was drawn by chance
     * @param hardware {@code model} or {@code qemu}
     * @param driverOptions what the driver was told besides, by name
     */
    public record Settings(
            String version,
            String visibility,
            String fetchOrder,
            String faults,
            int schedules,
            long seed,
            String hardware,
            Map<String, String> driverOptions) {
        public Settings {
            driverOptions = Map.copyOf(driverOptions);
        }
    }

    public SuiteReport {
        drivers = List.copyOf(drivers);
    }

    /** Whether every driver conforms. */
    public boolean conforms() {
        return drivers.stream().allMatch(DriverReport::conforms);
    }

    /** Everything that was done, summed over the drivers. */
    public Totals totals() {
        Totals sum = Totals.NONE;
        for (DriverReport driver : drivers) {
            sum = sum.plus(driver.totals());
        }
        return sum;
    }
}
