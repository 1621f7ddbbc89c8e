package dev.hitless.iommu.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Help.Ansi;

/**
 * Where output goes.
 *
 * @param out results
 * @param err progress, and why there are no results
 * @param colour whether colours may be used
 * @param terminal whether a person watches: a progress bar makes sense
 * @param columns width that text is laid out for
 */
record Screen(PrintWriter out, PrintWriter err, boolean colour, boolean terminal, int columns) {
    private static final int USUAL_COLUMNS = 100;
    private static final int FEWEST_COLUMNS = 80;

    /** The standard streams; colour when both are a terminal's, unless {@code NO_COLOR} is set. */
    static Screen ofProcess() {
        boolean colour = Ansi.AUTO.enabled();
        return new Screen(
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                colour,
                colour,
                columns(System.getenv("COLUMNS")));
    }

    private static int columns(@org.jspecify.annotations.Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,4}")) {
            return USUAL_COLUMNS;
        }
        return Math.max(FEWEST_COLUMNS, Integer.parseInt(text));
    }

    /** {@code text} with picocli's colour markup, for example {@code @|red FAIL|@}, as this screen can show it. */
    String coloured(String style, String text) {
        return colour && !style.isEmpty() ? Ansi.ON.new Text("@|" + style + " " + text + "|@").toString() : text;
    }

    /** Prints a line of results. */
    void line(String text) {
        out.println(text.stripTrailing());
    }

    /** Prints an empty line. */
    void line() {
        out.println();
    }

    /** Prints one line on standard error, after the program's name. */
    void complain(String text) {
        err.println("hitless: " + text);
        err.flush();
    }
}
