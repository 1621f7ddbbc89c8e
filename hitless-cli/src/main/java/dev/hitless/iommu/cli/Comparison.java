package dev.hitless.iommu.cli;

import com.google.gson.stream.JsonWriter;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.TransitionReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Changes of domain times drivers, with kinds of domain in words that all vendors share. */
final class Comparison {
    /** Kinds in the order of rows. */
    private static final List<String> ORDER =
            List.of("first stage", "second stage", "nested", "sva", "identity", "blocked");

    /**
     * A row.
     *
     * @param path {@code pasid} or {@code rid}
     * @param from kind before
     * @param to kind after
     */
    record Change(String path, String from, String to) {}

    private final List<String> drivers = new ArrayList<>();
    private final Map<Change, Map<String, TransitionReport>> rows = new TreeMap<>(Comparator.comparing(Change::path)
            .thenComparing(Change::from, Comparison::byKind)
            .thenComparing(Change::to, Comparison::byKind));

    private static int byKind(String one, String other) {
        return Comparator.<String>comparingInt(kind -> ORDER.contains(kind) ? ORDER.indexOf(kind) : ORDER.size())
                .thenComparing(Comparator.naturalOrder())
                .compare(one, other);
    }

    void add(DriverReport report, DriverCapabilities capabilities) {
        drivers.add(report.id());
        Map<String, String> words = new TreeMap<>();
        for (PagingFormat format : capabilities.formats()) {
            words.put(format.label(), format.stage() == Stage.FIRST ? "first stage" : "second stage");
        }
        for (TransitionReport transition : report.transitions()) {
            Change change = new Change(
                    transition.path(),
                    words.getOrDefault(transition.from(), transition.from()),
                    words.getOrDefault(transition.to(), transition.to()));
            rows.computeIfAbsent(change, key -> new TreeMap<>()).merge(report.id(), transition, Comparison::worse);
        }
    }

    /** Of two formats of one kind: the worse outcome, then the dearer. One that is refused says nothing of the other. */
    private static TransitionReport worse(TransitionReport one, TransitionReport other) {
        Comparator<TransitionReport> badness = Comparator.comparing(TransitionReport::observed)
                .thenComparing(TransitionReport::waits, Comparator.reverseOrder())
                .thenComparing(TransitionReport::commands, Comparator.reverseOrder());
        return badness.compare(other, one) < 0 ? other : one;
    }

    List<String> drivers() {
        return drivers;
    }

    List<Change> changes() {
        return List.copyOf(rows.keySet());
    }

    /** What {@code driver} does for {@code change}; empty if it offers no such kind there. */
    Optional<TransitionReport> cell(Change change, String driver) {
        return Optional.ofNullable(rows.getOrDefault(change, Map.of()).get(driver));
    }

    /** Whether those drivers that offer it do not all let DMA experience the same. */
    boolean differ(Change change) {
        return rows.getOrDefault(change, Map.of()).values().stream()
                        .map(TransitionReport::observed)
                        .distinct()
                        .count()
                > 1;
    }

    /** Whether the driver did not keep its word. */
    static boolean brokePromise(TransitionReport cell) {
        return cell.observed() != Judgement.Seen.UNSUPPORTED
                && !cell.promisedLabel().equals(cell.observed().label());
    }

    void write(JsonWriter json) throws IOException {
        json.beginObject();
        JsonOutput.strings(json, "drivers", drivers);
        json.name("transitions").beginArray();
        for (Change change : changes()) {
            json.beginObject();
            json.name("path").value(change.path());
            json.name("from").value(change.from());
            json.name("to").value(change.to());
            json.name("differ").value(differ(change));
            json.name("drivers").beginObject();
            for (String driver : drivers) {
                Optional<TransitionReport> cell = cell(change, driver);
                if (cell.isPresent()) {
                    json.name(driver);
                    write(cell.get(), json);
                }
            }
            json.endObject();
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    private static void write(TransitionReport cell, JsonWriter json) throws IOException {
        json.beginObject();
        json.name("from").value(cell.from());
        json.name("to").value(cell.to());
        json.name("promised").value(cell.promisedLabel());
        json.name("observed").value(cell.observed().label());
        json.name("plan").value(cell.plan());
        json.name("stores").value(cell.stores());
        json.name("commands").value(cell.commands());
        json.name("waits").value(cell.waits());
        json.endObject();
    }
}
