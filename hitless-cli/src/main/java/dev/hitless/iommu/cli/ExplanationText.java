package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.explain.Explanation;
import dev.hitless.iommu.conformance.explain.Sight;
import dev.hitless.iommu.conformance.explain.Step;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** An explanation as a person reads it: what the CPU did, what the IOMMU did, what the device could see. */
final class ExplanationText {
    private static final int CPU_COLUMNS = 36;
    private static final int IOMMU_COLUMNS = 27;

    private static final String TORN = Sight.TORN.label();

    private final Screen screen;

    ExplanationText(Screen screen) {
        this.screen = screen;
    }

    void print(Explanation explanation) {
        screen.line(screen.coloured("bold", explanation.driver()) + "  " + explanation.scenario());
        field("operation", explanation.operation());
        field("hardware", explanation.hardware());
        field("promised", explanation.promised());
        explanation.probe().ifPresent(probe -> {
            field("probe", probe.stream() + ", " + probe.access());
            field("old", probe.before());
            field("new", probe.after());
        });
        screen.line();
        printSteps(explanation);
        screen.line();
        if (explanation.probe().isPresent()) {
            screen.line(
                    "DEVICE: all that the probe could meet right after the step, from memory or any cache that may hold");
            screen.line("it; in brackets what other probed addresses could meet besides.");
        } else {
            screen.line("Nobody's DMA is watched in this scenario.");
        }
        screen.line();
        summary(explanation);
    }

    private void printSteps(Explanation explanation) {
        Table table = new Table(screen)
                .number("#", 4)
                .text("CPU", CPU_COLUMNS)
                .text("IOMMU", IOMMU_COLUMNS)
                .rest("DEVICE");
        for (Step step : explanation.steps()) {
            boolean cpu = step.actor() == Step.Actor.CPU;
            table.row(List.of(
                    Table.Cell.plain(step.first()),
                    Table.Cell.plain(cpu ? tidy(step) : ""),
                    Table.Cell.plain(cpu ? "" : tidy(step)),
                    new Table.Cell(sees(step), style(step))));
        }
        table.print();
    }

    private static String tidy(Step step) {
        return step.text().replaceAll(" +", " ");
    }

    private static String sees(Step step) {
        String elsewhere = step.sights().stream()
                .sorted()
                .filter(sight -> step.outcomes().stream().noneMatch(outcome -> outcome.startsWith(sight.label())))
                .map(Sight::label)
                .collect(Collectors.joining(", "));
        String sound = step.outcomes().stream()
                .filter(outcome -> !outcome.startsWith(TORN))
                .collect(Collectors.joining(" | "));
        String torn = step.outcomes().stream()
                .filter(outcome -> outcome.startsWith(TORN))
                .map(outcome -> "\n" + outcome)
                .collect(Collectors.joining());
        return (sound + (elsewhere.isEmpty() ? "" : " (" + elsewhere + ")") + torn).strip();
    }

    private static String style(Step step) {
        if (step.sights().contains(Sight.TORN)) {
            return "bold,red";
        }
        if (step.sights().contains(Sight.BLOCKED)) {
            return "yellow";
        }
        return step.sights().equals(Set.of(Sight.NEW)) ? "green" : "";
    }

    private void summary(Explanation explanation) {
        Explanation.Cost cost = explanation.cost();
        String style =
                switch (explanation.observed()) {
                    case "hitless" -> "bold,green";
                    case "torn" -> "bold,red";
                    default -> "bold,yellow";
                };
        field("result", explanation.result());
        field(
                "cost",
                String.format(
                        Locale.ROOT,
                        "plan %s: %s, %s, %s",
                        cost.plan(),
                        counted(cost.stores(), "store"),
                        counted(cost.commands(), "command"),
                        counted(cost.waits(), "wait")));
        explanation.steps().stream()
                .filter(step -> step.sights().contains(Sight.TORN))
                .findFirst()
                .ifPresent(step -> field("torn", "first after event " + step.first() + ": " + step.text()));
        screen.line(screen.coloured(
                style,
                explanation.driver() + " " + verdict(explanation) + " (promised: " + explanation.promised() + ")"));
    }

    private static String verdict(Explanation explanation) {
        return switch (explanation.observed()) {
            case "hitless" -> "is hitless here: DMA sees old or new at every instant";
            case "torn" -> "is torn here: DMA can see what is neither old nor new nor blocked";
            case "break-before-make" -> "breaks before it makes here: DMA is blocked for a while";
            default -> "refused: nothing changed";
        };
    }

    private static String counted(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private void field(String name, String value) {
        if (!value.isEmpty()) {
            screen.line("  " + String.format(Locale.ROOT, "%-10s", name) + value);
        }
    }
}
