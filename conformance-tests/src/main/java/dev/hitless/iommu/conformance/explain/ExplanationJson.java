package dev.hitless.iommu.conformance.explain;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Explanations as JSON: the trace files that {@code hitless test --report} leaves and {@code hitless explain} reads. */
public final class ExplanationJson {
    /** Says what the file is; the number grows when what was written before can no longer be read. */
    private static final String FORMAT = "hitless-trace-1";

    private ExplanationJson() {}

    /** Writes {@code explanation} as one document. */
    public static void write(Explanation explanation, Writer out) throws IOException {
        JsonWriter json = new JsonWriter(out);
        json.setIndent("  ");
        json.setHtmlSafe(false);
        json.beginObject();
        json.name("format").value(FORMAT);
        json.name("driver").value(explanation.driver());
        json.name("scenario").value(explanation.scenario());
        json.name("hardware").value(explanation.hardware());
        json.name("operation").value(explanation.operation());
        json.name("result").value(explanation.result());
        json.name("promised").value(explanation.promised());
        json.name("observed").value(explanation.observed());
        json.name("plan").value(explanation.cost().plan());
        json.name("stores").value(explanation.cost().stores());
        json.name("commands").value(explanation.cost().commands());
        json.name("waits").value(explanation.cost().waits());
        if (explanation.probe().isPresent()) {
            write(explanation.probe().get(), json.name("probe"));
        }
        json.name("steps").beginArray();
        for (Step step : explanation.steps()) {
            write(step, json);
        }
        json.endArray();
        strings(json.name("events"), explanation.events());
        json.endObject();
        json.flush();
        out.write('\n');
        out.flush();
    }

    private static void write(Explanation.Probe probe, JsonWriter json) throws IOException {
        json.beginObject();
        json.name("stream").value(probe.stream());
        json.name("iova").value("0x" + Long.toHexString(probe.iova()));
        json.name("write").value(probe.write());
        json.name("old").value(probe.before());
        json.name("new").value(probe.after());
        json.endObject();
    }

    private static void write(Step step, JsonWriter json) throws IOException {
        json.beginObject();
        json.name("first").value(step.first());
        json.name("last").value(step.last());
        json.name("actor").value(step.actor().name());
        json.name("text").value(step.text());
        strings(
                json.name("sees"),
                step.sights().stream().sorted().map(Sight::label).toList());
        strings(json.name("outcomes"), step.outcomes());
        json.endObject();
    }

    private static void strings(JsonWriter json, List<String> values) throws IOException {
        json.beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is something else, with the reason
     */
    public static Explanation read(Reader in) {
        try {
            JsonObject json = JsonParser.parseReader(in).getAsJsonObject();
            if (!json.has("format") || !FORMAT.equals(json.get("format").getAsString())) {
                throw new IllegalArgumentException("its format is not " + FORMAT);
            }
            return explanation(json);
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException notJson) {
            throw new IllegalArgumentException("it is not the JSON of a trace: " + notJson.getMessage(), notJson);
        }
    }

    private static Explanation explanation(JsonObject json) {
        List<Step> steps = new ArrayList<>();
        for (JsonElement step : array(json, "steps")) {
            steps.add(step(step.getAsJsonObject()));
        }
        return new Explanation(
                text(json, "driver"),
                text(json, "scenario"),
                text(json, "hardware"),
                text(json, "operation"),
                text(json, "result"),
                text(json, "promised"),
                text(json, "observed"),
                new Explanation.Cost(
                        text(json, "plan"), number(json, "stores"), number(json, "commands"), number(json, "waits")),
                json.has("probe") ? Optional.of(probe(json.getAsJsonObject("probe"))) : Optional.empty(),
                strings(array(json, "events")),
                steps);
    }

    private static Explanation.Probe probe(JsonObject json) {
        return new Explanation.Probe(
                text(json, "stream"),
                field(json, "write").getAsBoolean(),
                Long.parseUnsignedLong(text(json, "iova").substring(2), 16),
                text(json, "old"),
                text(json, "new"));
    }

    private static Step step(JsonObject json) {
        Set<Sight> sights = EnumSet.noneOf(Sight.class);
        for (String sight : strings(array(json, "sees"))) {
            sights.add(Sight.valueOf(sight.toUpperCase(Locale.ROOT)));
        }
        return new Step(
                number(json, "first"),
                number(json, "last"),
                Step.Actor.valueOf(text(json, "actor")),
                text(json, "text"),
                sights,
                strings(array(json, "outcomes")));
    }

    private static List<String> strings(JsonArray array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.getAsString()));
        return strings;
    }

    private static JsonArray array(JsonObject json, String name) {
        return field(json, name).getAsJsonArray();
    }

    private static String text(JsonObject json, String name) {
        return field(json, name).getAsString();
    }

    private static int number(JsonObject json, String name) {
        return field(json, name).getAsInt();
    }

    private static JsonElement field(JsonObject json, String name) {
        JsonElement value = json.get(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no '" + name + "'");
        }
        return value;
    }
}
