package dev.hitless.iommu.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command that was run, without a terminal.
 *
 * @param code its exit code
 * @param out its standard output
 * @param err its standard error
 */
record Run(int code, String out, String err) {
    /** Runs {@code hitless} with {@code arguments}. */
    static Run of(String... arguments) {
        return run(false, arguments);
    }

    /** The same, for a screen that can show colours. */
    static Run coloured(String... arguments) {
        return run(true, arguments);
    }

    private static Run run(boolean colour, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err), colour, false, 100);
        int code = HitlessMain.run(screen, arguments);
        return new Run(code, out.toString(), err.toString());
    }

    /** Standard output as the one JSON document that it must be. */
    JsonObject json() {
        return JsonParser.parseString(out).getAsJsonObject();
    }
}
