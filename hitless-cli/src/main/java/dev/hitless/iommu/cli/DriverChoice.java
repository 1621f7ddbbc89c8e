package dev.hitless.iommu.cli;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.scenario.ConfiguredDriver;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.core.DriverCatalog;
import dev.hitless.iommu.core.DriverLoadFailure;
import dev.hitless.iommu.core.FoundDriver;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say which drivers there are and which of them are meant. */
final class DriverChoice {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--driver",
            paramLabel = "ID",
            description = "Only this driver; may be given several times. Without it: all drivers found.")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--option",
            paramLabel = "NAME=VALUE",
            description = "Bring the driver named with --driver up with this option of its own; may be given several"
                    + " times.")
    private Map<String, String> options = new TreeMap<>();

    @Mixin
    private PluginChoice plugins = new PluginChoice();

    /**
     * Everything that was found.
     *
     * @param catalog drivers
     * @param models hardware models
     */
    record Found(DriverCatalog catalog, HardwareModels models) {
        /** The driver as it is by itself, on the hardware that stands in for its own. */
        Target target(FoundDriver driver, HardwareModelProvider model) {
            return new Target(driver.provider(), model);
        }
    }

    /** The driver, with the options that were given, on the hardware that stands in for its own. */
    Target target(FoundDriver driver, HardwareModelProvider model) {
        return new Target(
                options.isEmpty()
                        ? driver.provider()
                        : new ConfiguredDriver(driver.provider(), new DriverOptions(options)),
                model);
    }

    /** The options that were given, by name. */
    Map<String, String> options() {
        return Map.copyOf(options);
    }

    Found discover() {
        return plugins.discover();
    }

    /** Whether drivers were named. */
    boolean isNarrow() {
        return !ids.isEmpty();
    }

    /**
     * The drivers that are meant, in the order of their ids.
     *
     * @throws BadRequest for an unknown id, one that could not be loaded, or a plugin that cannot be opened
     */
    List<FoundDriver> chosen(Found found) {
        for (DriverLoadFailure failure : found.catalog().failures()) {
            if (failure.stage() == DriverLoadFailure.Stage.OPEN) {
                throw wrong("--plugin " + failure.location() + ": " + failure.reason() + "; " + failure.hint());
            }
        }
        if (!options.isEmpty() && new LinkedHashSet<>(ids).size() != 1) {
            throw wrong("--option " + options.keySet().iterator().next()
                    + " is understood by one driver; name it, and no other, with --driver");
        }
        if (ids.isEmpty()) {
            return found.catalog().drivers();
        }
        return new LinkedHashSet<>(ids)
                .stream().sorted().map(id -> require(found, id)).toList();
    }

    private FoundDriver require(Found found, String id) {
        return found.catalog().find(id).orElseThrow(() -> missing(found, id));
    }

    private BadRequest missing(Found found, String id) {
        for (DriverLoadFailure failure : found.catalog().failures()) {
            if (id.equals(failure.id())) {
                return wrong(
                        "driver " + id + " is there but cannot be used: " + failure.reason() + "; " + failure.hint());
            }
        }
        List<String> known =
                found.catalog().drivers().stream().map(FoundDriver::id).toList();
        String meant = Similar.to(id, known)
                .map(similar -> "; did you mean --driver " + similar + "?")
                .orElse("");
        String available = known.isEmpty()
                ? "none was found; name a driver's jar with --plugin"
                : "available: " + String.join(", ", known);
        String broken = found.catalog().failures().isEmpty() ? "" : " (hitless drivers says what failed to load)";
        return wrong("no driver is called '" + id + "'" + meant + (meant.isEmpty() ? "; " : " ") + available + broken);
    }

    /**
     * The hardware to run {@code driver} on.
     *
     * @throws BadRequest if there is no model of its family
     */
    HardwareModelProvider model(Found found, FoundDriver driver) {
        return found.models().find(driver.hardwareFamily()).orElseThrow(() -> wrong(noModel(found, driver)));
    }

    /** Why {@code driver} cannot be run. */
    static String noModel(Found found, FoundDriver driver) {
        String families = found.models().families().stream()
                .map(family -> "'" + family + "'")
                .collect(Collectors.joining(", "));
        return Stream.of(
                        "driver " + driver.id() + " (" + driver.location() + ") needs a hardware model of family '"
                                + driver.hardwareFamily() + "', and there is none",
                        families.isEmpty() ? "" : "there are " + families,
                        "name a jar that has one with --plugin")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }

    BadRequest wrong(String message) {
        return new BadRequest(spec.commandLine(), message);
    }
}
