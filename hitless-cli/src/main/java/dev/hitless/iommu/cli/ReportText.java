package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.Failure;
import dev.hitless.iommu.conformance.report.RuleReport;
import dev.hitless.iommu.conformance.report.SuiteReport;
import dev.hitless.iommu.conformance.report.Totals;
import dev.hitless.iommu.conformance.rules.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A run of the suite as a person reads it. */
final class ReportText {
    private static final int MOST_FAILURES_SHOWN = 2;

    private final Screen screen;
    private final boolean quiet;

    ReportText(Screen screen, boolean quiet) {
        this.screen = screen;
        this.quiet = quiet;
    }

    void print(SuiteReport report, Duration time) {
        if (!quiet) {
            for (DriverReport driver : report.drivers()) {
                print(driver);
            }
            print(report.totals(), time);
        }
        for (DriverReport driver : report.drivers()) {
            screen.line(screen.coloured(driver.conforms() ? "bold,green" : "bold,red", driver.sentence()));
        }
    }

    private void print(DriverReport driver) {
        screen.line(screen.coloured("bold", driver.id()) + "  " + driver.vendor() + ", contract "
                + driver.contractVersion() + ", " + driver.jar());
        screen.line();
        Table table = new Table(screen)
                .text("RULE", 7)
                .text("LEVEL", 10)
                .text("VERDICT", 7)
                .number("SCENARIOS", 9)
                .number("OBSERVATIONS", 12)
                .cut("WHAT IT ASKS");
        for (RuleReport rule : driver.rules()) {
            table.row(List.of(
                    Table.Cell.plain(rule.rule().id()),
                    Table.Cell.plain(rule.rule().level().label()),
                    new Table.Cell(rule.verdict().name(), style(rule.verdict())),
                    Table.Cell.plain(grouped(rule.scenarios())),
                    Table.Cell.plain(grouped(rule.observations())),
                    Table.Cell.plain(rule.rule().sentence())));
        }
        table.print();
        screen.line();
        printErrors(driver);
        driver.rules().forEach(this::printDetails);
    }

    /** A model that fails spoils many rules for one reason: that is said once. */
    private void printErrors(DriverReport driver) {
        Map<String, List<String>> rules = new LinkedHashMap<>();
        for (RuleReport rule : driver.rules()) {
            if (rule.verdict() == Verdict.ERROR) {
                rules.computeIfAbsent(firstError(rule), reason -> new ArrayList<>())
                        .add(rule.rule().id());
            }
        }
        rules.forEach((reason, ids) -> {
            screen.line(screen.coloured(style(Verdict.ERROR), Verdict.ERROR.name()) + " " + String.join(", ", ids));
            screen.line("  the suite, the model or the driver's own setting up failed; nothing is said of conformance");
            screen.line("  " + reason);
            screen.line();
        });
    }

    /** Without the number of scenarios, which differs from rule to rule. */
    private static String firstError(RuleReport rule) {
        int first = rule.reason().indexOf("first ");
        return first < 0 ? rule.reason() : rule.reason().substring(first);
    }

    private void printDetails(RuleReport rule) {
        switch (rule.verdict()) {
            case PASS, ERROR -> {}
            case SKIP, WAIVED -> {
                screen.line(heading(rule) + ": " + rule.reason());
                screen.line();
            }
            case FAIL -> printFailures(rule);
        }
    }

    private String heading(RuleReport rule) {
        return screen.coloured(style(rule.verdict()), rule.verdict().name()) + " "
                + screen.coloured("bold", rule.rule().id());
    }

    private void printFailures(RuleReport rule) {
        screen.line(heading(rule) + " (" + rule.rule().level().label() + ")");
        screen.line("  " + rule.rule().sentence());
        screen.line("  broken in " + grouped(rule.failureCount()) + " of " + counted(rule.scenarios(), "scenario")
                + (rule.failureCount() > MOST_FAILURES_SHOWN ? "; the first:" : ":"));
        screen.line();
        Set<String> shown = new HashSet<>();
        for (Failure failure : rule.failures()) {
            if (shown.size() < MOST_FAILURES_SHOWN && shown.add(failure.scenario())) {
                print(failure);
            }
        }
    }

    private void print(Failure failure) {
        field("scenario", failure.scenario());
        failure.finding()
                .request()
                .ifPresent(request -> field(
                        "who",
                        failure.finding().stream() + ", " + (request.write() ? "write to 0x" : "read of 0x")
                                + Long.toHexString(request.iova())));
        field("expected", failure.finding().expected());
        field("observed", failure.finding().observed());
        if (!failure.eventText().isEmpty()) {
            field("after", "event " + failure.finding().event() + ": " + failure.eventText());
        }
        field("reproduce", failure.reproduce());
        screen.line();
    }

    private void field(String name, String value) {
        screen.line("    " + String.format(Locale.ROOT, "%-10s", name) + value);
    }

    private void print(Totals totals, Duration time) {
        double seconds = Math.max(time.toMillis(), 1) / 1000.0;
        screen.line(String.format(
                Locale.ROOT,
                "%s, %s, %s, %s injected, %s observations%nin %.1f s (%s observations per second)",
                counted(totals.scenarios(), "scenario"),
                counted(totals.traces(), "recorded operation"),
                counted(totals.schedules(), "schedule"),
                counted(totals.faultsInjected(), "fault"),
                grouped(totals.observations()),
                seconds,
                grouped(Math.round(totals.observations() / seconds))));
    }

    private static String counted(long number, String what) {
        return grouped(number) + " " + what + (number == 1 ? "" : "s");
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String style(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "green";
            case FAIL, ERROR -> "bold,red";
            case SKIP, WAIVED -> "yellow";
        };
    }
}
