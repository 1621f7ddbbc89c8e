package dev.hitless.iommu.cli;

import com.google.gson.stream.JsonWriter;
import dev.hitless.iommu.core.DriverLoadFailure;
import dev.hitless.iommu.core.FoundDriver;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hitless drivers}. */
@Command(
        name = "drivers",
        header = "Show every driver found, and every one that failed to load, with the reason.",
        descriptionHeading = "%n",
        description = {
            "Capabilities are those that a driver claims on the default hardware of its model.",
            "Ends with 0 even when some drivers failed to load: this command only looks.",
            "With --state: the core over each driver, set up with groups, devices and domains for demonstration."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  hitless drivers",
            "  hitless drivers --plugin my-driver.jar",
            "  hitless drivers --state",
            "  hitless drivers --json"
        })
final class DriversCommand implements Callable<Integer> {
    private final Screen screen;

    @Mixin
    private PluginChoice plugins = new PluginChoice();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(
            names = "--state",
            description = "Also show what the core keeps of a small machine: groups, devices, attachments, handles.")
    private boolean state;

    DriversCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        DriverChoice.Found found = plugins.discover();
        List<DriverOverview> overviews = found.catalog().drivers().stream()
                .map(driver -> DriverOverview.of(found, driver))
                .toList();
        if (json) {
            JsonOutput.print(screen, out -> write(out, found, overviews));
        } else {
            print(found, overviews);
        }
        return ExitCode.CONFORMS;
    }

    private void print(DriverChoice.Found found, List<DriverOverview> overviews) {
        if (overviews.isEmpty()) {
            screen.line("no driver found; name a driver's jar with --plugin");
        } else {
            Table table = new Table(screen)
                    .text("ID", 12)
                    .text("VENDOR", 10)
                    .text("CONTRACT", 8)
                    .text("HARDWARE", 28)
                    .rest("CAPABILITIES");
            for (DriverOverview overview : overviews) {
                FoundDriver driver = overview.driver();
                table.row(List.of(
                        new Table.Cell(driver.id(), "bold"),
                        Table.Cell.plain(driver.vendor()),
                        Table.Cell.plain(driver.contractVersion()),
                        Table.Cell.plain(driver.hardware()),
                        overview.problem().isEmpty()
                                ? Table.Cell.plain(String.join(", ", overview.capabilities()))
                                : new Table.Cell("unknown: " + overview.problem(), "yellow")));
            }
            table.print();
            screen.line();
            for (DriverOverview overview : overviews) {
                screen.line(
                        overview.driver().id() + " is in " + overview.driver().location());
                overview.model()
                        .ifPresent(model -> screen.line(
                                " ".repeat(overview.driver().id().length()) + " runs on the model of " + model));
            }
        }
        if (state) {
            overviews.forEach(overview -> printState(overview.driver().id(), demonstration(found, overview)));
        }
        printFailures(found);
    }

    private void printState(String driver, Demonstration demonstration) {
        screen.line();
        screen.line(screen.coloured("bold", "the core over " + driver));
        if (demonstration.problem().isEmpty()) {
            StateText.print(screen, demonstration.groups());
        } else {
            screen.line("  nothing to show: " + demonstration.problem());
        }
    }

    private static Demonstration demonstration(DriverChoice.Found found, DriverOverview overview) {
        return overview.problem().isEmpty()
                ? found.models()
                        .find(overview.driver().hardwareFamily())
                        .map(model -> Demonstration.of(found.target(overview.driver(), model)))
                        .orElseGet(() -> Demonstration.nothing("there is no hardware model"))
                : Demonstration.nothing(overview.problem());
    }

    private void printFailures(DriverChoice.Found found) {
        for (DriverLoadFailure failure : found.catalog().failures()) {
            screen.line();
            screen.line(
                    screen.coloured("red", "failed to load") + " " + name(failure) + ", at stage " + stage(failure));
            screen.line("  where   " + failure.location());
            screen.line("  reason  " + failure.reason());
            screen.line("  remedy  " + failure.hint());
        }
        for (String failure : found.models().failures()) {
            screen.line();
            screen.line(screen.coloured("red", "failed to load") + " a hardware model");
            screen.line("  reason  " + failure);
        }
    }

    private static String name(DriverLoadFailure failure) {
        if (failure.id() != null) {
            return "driver " + failure.id();
        }
        return failure.providerClass() != null ? failure.providerClass() : "a plugin";
    }

    private static String stage(DriverLoadFailure failure) {
        return failure.stage().name().toLowerCase(Locale.ROOT);
    }

    private void write(JsonWriter json, DriverChoice.Found found, List<DriverOverview> overviews) throws IOException {
        json.beginObject();
        json.name("drivers").beginArray();
        for (DriverOverview overview : overviews) {
            FoundDriver driver = overview.driver();
            json.beginObject();
            json.name("id").value(driver.id());
            json.name("vendor").value(driver.vendor());
            json.name("contractVersion").value(driver.contractVersion());
            json.name("hardware").value(driver.hardware());
            json.name("hardwareFamily").value(driver.hardwareFamily());
            json.name("jar").value(driver.location());
            json.name("model").value(overview.model().orElse(""));
            JsonOutput.strings(json, "capabilities", overview.capabilities());
            json.name("problem").value(overview.problem());
            if (state) {
                json.name("state");
                StateText.write(json, demonstration(found, overview).groups());
            }
            json.endObject();
        }
        json.endArray();
        json.name("failures").beginArray();
        for (DriverLoadFailure failure : found.catalog().failures()) {
            json.beginObject();
            json.name("id").value(failure.id());
            json.name("providerClass").value(failure.providerClass());
            json.name("location").value(failure.location());
            json.name("stage").value(stage(failure));
            json.name("reason").value(failure.reason());
            json.name("remedy").value(failure.hint());
            json.endObject();
        }
        json.endArray();
        JsonOutput.strings(json, "modelFailures", found.models().failures());
        json.endObject();
    }
}
