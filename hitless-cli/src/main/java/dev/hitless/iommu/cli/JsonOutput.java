package dev.hitless.iommu.cli;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;

/** Writes one JSON document to standard output. */
final class JsonOutput {
    /** Writes a document. */
    @FunctionalInterface
    interface Document {
        void write(JsonWriter json) throws IOException;
    }

    private JsonOutput() {}

    static void print(Screen screen, Document document) {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.setIndent("  ");
        json.setHtmlSafe(false);
        try {
            document.write(json);
            json.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        screen.out().println(text);
    }

    static void strings(JsonWriter json, String name, Collection<String> values) throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }
}
