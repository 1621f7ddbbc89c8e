package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.report.TransitionReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A comparison as a table for a terminal. */
final class ComparisonText {
    private static final int CHANGE_COLUMNS = 28;
    private static final int FEWEST_CELL_COLUMNS = 18;

    private final Screen screen;

    ComparisonText(Screen screen) {
        this.screen = screen;
    }

    void print(Comparison comparison) {
        String path = "";
        Table table = header(comparison);
        for (Comparison.Change change : comparison.changes()) {
            if (!change.path().equals(path)) {
                flush(path, table);
                table = header(comparison);
                path = change.path();
            }
            table.row(row(comparison, change));
        }
        flush(path, table);
        screen.line("! drivers differ.  s: stores, c: commands, w: waits.  -: no such kind of domain there.");
    }

    private void flush(String path, Table table) {
        if (!table.isEmpty()) {
            screen.line(
                    screen.coloured("bold", path.equals("pasid") ? "Behind a PASID" : "Behind requests without PASID"));
            screen.line();
            table.print();
            screen.line();
        }
    }

    private Table header(Comparison comparison) {
        int drivers = Math.max(1, comparison.drivers().size());
        int width = Math.max(FEWEST_CELL_COLUMNS, (screen.columns() - CHANGE_COLUMNS - 6) / drivers - 2);
        Table table = new Table(screen).text("", 1).text("CHANGE", CHANGE_COLUMNS);
        comparison.drivers().forEach(driver -> table.text(driver, width));
        return table;
    }

    private static List<Table.Cell> row(Comparison comparison, Comparison.Change change) {
        List<Table.Cell> cells = new ArrayList<>();
        cells.add(new Table.Cell(comparison.differ(change) ? "!" : "", "bold,yellow"));
        cells.add(Table.Cell.plain(change.from() + " -> " + change.to()));
        for (String driver : comparison.drivers()) {
            cells.add(cell(comparison.cell(change, driver)));
        }
        return cells;
    }

    private static Table.Cell cell(Optional<TransitionReport> found) {
        if (found.isEmpty()) {
            return Table.Cell.plain("-");
        }
        TransitionReport cell = found.get();
        String text = cell.observed().label();
        if (Comparison.brokePromise(cell)) {
            text += ", promised " + cell.promisedLabel();
        }
        return switch (cell.observed()) {
            case UNSUPPORTED -> Table.Cell.plain("refused");
            case HITLESS -> new Table.Cell(text + cost(cell), "green");
            case BREAK_BEFORE_MAKE -> new Table.Cell(text + cost(cell), "yellow");
            case TORN -> new Table.Cell(text + cost(cell), "bold,red");
        };
    }

    private static String cost(TransitionReport cell) {
        return "\n" + cell.plan() + " " + cell.stores() + "s " + cell.commands() + "c " + cell.waits() + "w";
    }
}
