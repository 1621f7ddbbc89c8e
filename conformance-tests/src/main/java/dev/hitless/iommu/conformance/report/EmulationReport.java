package dev.hitless.iommu.conformance.report;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What can be said of a run on emulated hardware beyond the rules.
 *
 * @param release the emulator and its release, for example {@code QEMU 7.2.22}
 * @param transfers DMA operations
 * @param instants instants at which they were done
 * @param comparisons outcomes that were held against what the hardware model allows
 * @param departures known ways in which the emulator departs from the specification, as far as they were met
 * @param disagreements where emulator and model differ otherwise, the first few; in a good run there are none
 * @param time how long it took; not part of documents that are compared
 */
public record EmulationReport(
        String release,
        long transfers,
        long instants,
        long comparisons,
        List<Departure> departures,
        List<String> disagreements,
        Duration time) {
    /**
     * A known departure.
     *
     * @param name short, stable
     * @param meaning one sentence
     * @param count how often it was met
     */
    public record Departure(String name, String meaning, long count) {}

    public EmulationReport {
        departures = List.copyOf(departures);
        disagreements = List.copyOf(disagreements);
    }

    /** What is added to the driver's last line. */
    String sentence() {
        long exceptions = departures.stream().mapToLong(Departure::count).sum();
        String named = departures.stream()
                .map(departure -> departure.name() + " " + departure.count())
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "; on %s: %,d DMAs at %,d instants, %,d exceptions%s, %.1f s",
                release,
                transfers,
                instants,
                exceptions,
                named.isEmpty() ? "" : " (" + named + ")",
                time.toMillis() / 1000.0);
    }
}
