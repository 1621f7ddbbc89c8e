package dev.hitless.iommu.exactness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The checker's closed form against a simulator, over traces of the real drivers on the models of the real hardware, as
 * they are and spoilt in every way that drivers have been wrong: the same outcomes for every request at every instant.
 *
 * <p>The simulator goes forward in time, event by event, and lets hardware read, keep, finish and answer whatever it can.
 * It shares nothing with the closed form but the walkers and the trace. What makes it small enough:
 *
 * <ul>
 *   <li>One address at a time. Nothing that a walk for one address reads or leaves behind is looked at by a walk for
 *       another: translations are looked for by the address that was asked for.
 *   <li>Hardware does all that it can as soon as it can, and drops nothing before it must: holding something never
 *       prevents anything, so every other course of events sees a part of this one.
 *   <li>Of two copies with the same content, of which one is stale by fewer commands, the other is forgotten: whatever
 *       drops the first drops the second no later.
 *   <li>Words that never change may be read at any time, so only others branch; instants at which nothing happens to any
 *       word that was read, and no command is submitted or seen complete, show what the instant before showed.
 *   <li>Every trace is played with each reader for itself: a read returns any value that can be visible then. Traces with
 *       few enough states are played again in every schedule of their late stores, in memory that is the same for all.
 * </ul>
 *
 * <p>It goes red, among others, when in the closed form translations go with the leaf that they were made from, completion
 * counts in place of submission, what a copy was found through does not count, or posted writes and unsnooped fetches
 * are taken for ordinary ones.
 *
 * <p>SMMUv3 entries are fetched word by word in any order; their traces have too many schedules for the second.
 *
 * <p>Run with {@code -Dexactness.step=1} for all traces.
 */
@DisplayName("Exactness on real hardware")
@Execution(ExecutionMode.CONCURRENT)
class RealHardwareExactnessTest {
    /** Hardware options under which traces are recorded. */
    private static final Map<String, List<Map<String, String>>> VARIANTS = Map.of(
            "vtd",
            List.of(
                    Map.of("levels", "4"),
                    Map.of("levels", "4", "coherent", "no", "page-walk-coherent", "no", "caching-mode", "yes"),
                    Map.of("levels", "4", "write-buffer-flush", "yes", "device-tlb", "no", "fetch-order", "any")),
            "smmuv3",
            List.of(Map.of()),
            "amdvi",
            List.of(
                    Map.of(),
                    Map.of("non-present-cache", "yes", "gcr3-levels", "1", "host-levels", "4"),
                    Map.of("dte-fetch-bits", "128", "ats", "no", "guest-levels", "4")));

    @ParameterizedTest(name = "{0}")
    @CsvSource({"vtd, 9, 60, 150, 50", "smmuv3, 3, 0, 150, 0", "amdvi, 9, 60, 150, 50"})
    void theClosedFormFindsExactlyWhatHardwareCanDo(
            String id, int everyNth, long mostStates, int leastInteresting, int leastScheduled) {
        Comparison comparison = new Comparison(mostStates);
        IommuDriverProvider driver = driver(id);
        HardwareModelProvider hardware = HardwareModels.discover(getClass().getClassLoader())
                .find(driver.hardwareFamily())
                .orElseThrow();
        int step = Integer.getInteger("exactness.step", everyNth);
        int number = 0;
        for (RecordedTrace recorded : recordings(driver, hardware)) {
            for (Spoiler.Way way : Spoiler.Way.values()) {
                if (number++ % step == 0) {
                    compare(comparison, recorded, way, number);
                }
            }
        }
        System.out.println("exactness of " + id + ": " + comparison);
        assertThat(comparison.interesting()).as("interesting traces").isGreaterThanOrEqualTo(leastInteresting);
        assertThat(comparison.scheduled()).as("traces played in every schedule").isGreaterThanOrEqualTo(leastScheduled);
        for (Outcome.Kind kind : List.of(
                Outcome.Kind.TRANSLATED, Outcome.Kind.NOT_MAPPED, Outcome.Kind.PERMISSION, Outcome.Kind.BLOCKED)) {
            assertThat(comparison.tracesWith(kind)).as("traces with " + kind).isPositive();
        }
    }

    private static void compare(Comparison comparison, RecordedTrace recorded, Spoiler.Way way, int number) {
        Trace spoilt = new Spoiler(number).spoil(recorded.trace(), way);
        if (way != Spoiler.Way.NONE && spoilt.events().equals(recorded.trace().events())) {
            return;
        }
        long probe = recorded.probes()[number % recorded.probes().length];
        Assumptions assumptions = number % 11 == 0 ? Assumptions.STRONGEST : Assumptions.WEAK;
        comparison.compare(recorded, spoilt, recorded.name() + ", " + way + ", " + number, probe, assumptions);
    }

    private static List<RecordedTrace> recordings(IommuDriverProvider driver, HardwareModelProvider hardware) {
        List<RecordedTrace> all = new ArrayList<>();
        for (Map<String, String> variant : VARIANTS.get(driver.id())) {
            all.addAll(RealTraces.of(driver, hardware, variant, all.isEmpty()));
        }
        return all;
    }

    private static IommuDriverProvider driver(String id) {
        return ServiceLoader.load(IommuDriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
