package dev.hitless.iommu.conformance.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names of the trace files of a report: one for each scenario that broke a rule, numbered in the order of the report. */
final class TraceFiles {
    static final TraceFiles NONE = new TraceFiles();

    private final Map<Key, Failure> failures = new LinkedHashMap<>();
    private final Map<Key, String> names = new LinkedHashMap<>();

    /** What a file is about. */
    record Key(String driver, String scenario) {}

    private TraceFiles() {}

    static TraceFiles of(SuiteReport report) {
        TraceFiles files = new TraceFiles();
        for (DriverReport driver : report.drivers()) {
            int number = 0;
            for (RuleReport rule : driver.rules()) {
                for (Failure failure : rule.failures()) {
                    Key key = new Key(driver.id(), failure.scenario());
                    if (failure.operation().isPresent() && files.failures.putIfAbsent(key, failure) == null) {
                        number++;
                        files.names.put(key, String.format(Locale.ROOT, "traces/%s-%03d.json", driver.id(), number));
                    }
                }
            }
        }
        return files;
    }

    /** The file for a scenario, below the report's folder; empty if there is none. */
    Optional<String> name(String driver, String scenario) {
        return Optional.ofNullable(names.get(new Key(driver, scenario)));
    }

    /** One failure for each file, with the scenario's operation. */
    Map<Key, Failure> failures() {
        return failures;
    }
}
