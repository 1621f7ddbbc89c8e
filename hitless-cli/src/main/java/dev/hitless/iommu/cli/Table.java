package dev.hitless.iommu.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import com.github.freva.asciitable.Styler;
import java.util.ArrayList;
import java.util.List;

/** A table for a terminal: columns of text, no lines between them, cells coloured one by one. */
final class Table {
    /** Between columns; also what the table is indented by. */
    private static final int PADDING = 2;

    /**
     * A cell.
     *
     * @param text what it says
     * @param style picocli style, for example {@code red}; empty: none
     */
    record Cell(String text, String style) {
        static Cell plain(Object value) {
            return new Cell(String.valueOf(value), "");
        }
    }

    private final Screen screen;
    private final List<Column> columns = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();
    private int width;

    Table(Screen screen) {
        this.screen = screen;
    }

    /** A column of text that is at most {@code most} characters wide; longer cells are broken into lines. */
    Table text(String header, int most) {
        return column(header, most, HorizontalAlign.LEFT, OverflowBehaviour.NEWLINE);
    }

    /** A column that takes what is left of the screen's width; longer cells are broken into lines. */
    Table rest(String header) {
        return column(
                header,
                Math.max(20, screen.columns() - width - PADDING),
                HorizontalAlign.LEFT,
                OverflowBehaviour.NEWLINE);
    }

    /** A column that takes what is left of the screen's width; longer cells are cut. */
    Table cut(String header) {
        return column(
                header,
                Math.max(20, screen.columns() - width - PADDING),
                HorizontalAlign.LEFT,
                OverflowBehaviour.ELLIPSIS_RIGHT);
    }

    /** A column of numbers of up to {@code most} digits. */
    Table number(String header, int most) {
        return column(header, most, HorizontalAlign.RIGHT, OverflowBehaviour.CLIP_RIGHT);
    }

    private Table column(String header, int most, HorizontalAlign align, OverflowBehaviour overflow) {
        columns.add(new Column()
                .header(header)
                .headerAlign(align)
                .dataAlign(align)
                .minWidth(0)
                .maxWidth(most + PADDING, overflow));
        width += Math.max(most, header.length()) + PADDING;
        return this;
    }

    Table row(List<Cell> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print() {
        Object[][] data =
                rows.stream().map(row -> row.stream().map(Cell::text).toArray()).toArray(Object[][]::new);
        String text = AsciiTable.builder()
                .border(AsciiTable.NO_BORDERS)
                .lineSeparator("\n")
                .data(columns.toArray(Column[]::new), data)
                .styler(new Styler() {
                    @Override
                    public List<String> styleCell(Column column, int row, int col, List<String> lines) {
                        String style = rows.get(row).get(col).style();
                        return lines.stream()
                                .map(line -> screen.coloured(style, line))
                                .toList();
                    }

                    @Override
                    public List<String> styleHeader(Column column, int col, List<String> lines) {
                        return lines.stream()
                                .map(line -> screen.coloured("bold", line))
                                .toList();
                    }
                })
                .asString();
        text.lines().forEach(screen::line);
    }
}
