package dev.hitless.iommu.cli;

import com.google.gson.stream.JsonWriter;
import dev.hitless.iommu.conformance.rules.Rule;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hitless rules}. */
@Command(
        name = "rules",
        header = "Show the rules that drivers are held to.",
        descriptionHeading = "%n",
        description = {
            "Levels: required: every driver must keep it. if-capable: skipped, with the reason, when the",
            "driver does not claim the capability or the hardware lacks it. advice: reported, never failed."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  hitless rules", "  hitless rules --json", "  hitless test --rule DRV-02"})
final class RulesCommand implements Callable<Integer> {
    private final Screen screen;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    RulesCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        if (json) {
            JsonOutput.print(screen, RulesCommand::write);
        } else {
            print();
        }
        return ExitCode.CONFORMS;
    }

    private void print() {
        Table table = new Table(screen)
                .text("RULE", 7)
                .text("LEVEL", 10)
                .text("WHAT IT ASKS", 46)
                .rest("WHERE IT COMES FROM");
        for (Rule rule : Rule.values()) {
            table.row(List.of(
                    new Table.Cell(rule.id(), "bold"),
                    Table.Cell.plain(rule.level().label()),
                    Table.Cell.plain(rule.sentence()),
                    Table.Cell.plain(rule.source())));
        }
        table.print();
    }

    private static void write(JsonWriter json) throws IOException {
        json.beginObject();
        json.name("rules").beginArray();
        for (Rule rule : Rule.values()) {
            json.beginObject();
            json.name("id").value(rule.id());
            json.name("level").value(rule.level().label());
            json.name("sentence").value(rule.sentence());
            json.name("source").value(rule.source());
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }
}
