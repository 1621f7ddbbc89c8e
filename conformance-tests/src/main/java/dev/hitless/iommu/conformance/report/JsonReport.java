package dev.hitless.iommu.conformance.report;

import com.google.gson.stream.JsonWriter;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.hardware.DmaRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes {@code conformance.json}: stable order, no time in it, addresses as hexadecimal strings. */
public final class JsonReport {
    private final JsonWriter json;

    private final TraceFiles traces;

    private JsonReport(Writer out, TraceFiles traces) {
        this.traces = traces;
        this.json = new JsonWriter(out);
        json.setIndent("  ");
        json.setHtmlSafe(false);
    }

    /** Writes {@code report} to {@code out}. */
    public static void write(SuiteReport report, Writer out) throws IOException {
        write(report, TraceFiles.NONE, out);
    }

    /** The same, for a report that has {@code traces} beside it. */
    static void write(SuiteReport report, TraceFiles traces, Writer out) throws IOException {
        JsonReport writer = new JsonReport(out, traces);
        writer.suite(report);
        writer.json.flush();
        out.write('\n');
        out.flush();
    }

    /** The document as text. */
    public static String text(SuiteReport report) {
        StringWriter out = new StringWriter();
        try {
            write(report, out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toString();
    }

    private void suite(SuiteReport report) throws IOException {
        json.beginObject();
        SuiteReport.Settings settings = report.settings();
        json.name("suite").beginObject();
        json.name("version").value(settings.version());
        json.name("visibility").value(settings.visibility());
        json.name("fetchOrder").value(settings.fetchOrder());
        json.name("faults").value(settings.faults());
        json.name("schedules").value(settings.schedules());
        json.name("seed").value(hex(settings.seed()));
        json.name("hardware").value(settings.hardware());
        json.name("options").beginObject();
        for (Map.Entry<String, String> option : new TreeMap<>(settings.driverOptions()).entrySet()) {
            json.name(option.getKey()).value(option.getValue());
        }
        json.endObject();
        json.endObject();
        json.name("drivers").beginArray();
        for (DriverReport driver : report.drivers()) {
            driver(driver);
        }
        json.endArray();
        json.name("totals");
        totals(report.totals());
        json.endObject();
    }

    private void totals(Totals totals) throws IOException {
        json.beginObject();
        json.name("scenarios").value(totals.scenarios());
        json.name("observations").value(totals.observations());
        json.name("traces").value(totals.traces());
        json.name("faultsInjected").value(totals.faultsInjected());
        json.name("schedules").value(totals.schedules());
        json.endObject();
    }

    private void driver(DriverReport driver) throws IOException {
        json.beginObject();
        json.name("id").value(driver.id());
        json.name("vendor").value(driver.vendor());
        json.name("contractVersion").value(driver.contractVersion());
        json.name("jar").value(driver.jar());
        json.name("verdict").value(driver.verdict());
        json.name("capabilities").beginArray();
        for (String capability : driver.capabilities()) {
            json.value(capability);
        }
        json.endArray();
        json.name("rules").beginArray();
        for (RuleReport rule : driver.rules()) {
            rule(driver, rule);
        }
        json.endArray();
        json.name("transitions").beginArray();
        for (TransitionReport transition : driver.transitions()) {
            transition(transition);
        }
        json.endArray();
        json.name("totals");
        totals(driver.totals());
        if (driver.emulation().isPresent()) {
            emulation(driver.emulation().get());
        }
        json.endObject();
    }

    private void emulation(EmulationReport emulation) throws IOException {
        json.name("emulation").beginObject();
        json.name("release").value(emulation.release());
        json.name("transfers").value(emulation.transfers());
        json.name("instants").value(emulation.instants());
        json.name("comparisons").value(emulation.comparisons());
        json.name("departures").beginArray();
        for (EmulationReport.Departure departure : emulation.departures()) {
            json.beginObject();
            json.name("name").value(departure.name());
            json.name("meaning").value(departure.meaning());
            json.name("count").value(departure.count());
            json.endObject();
        }
        json.endArray();
        json.name("disagreements").beginArray();
        for (String disagreement : emulation.disagreements()) {
            json.value(disagreement);
        }
        json.endArray();
        json.endObject();
    }

    private void rule(DriverReport driver, RuleReport rule) throws IOException {
        json.beginObject();
        json.name("id").value(rule.rule().id());
        json.name("level").value(rule.rule().level().label());
        json.name("verdict").value(rule.verdict().name());
        json.name("reason").value(rule.reason());
        json.name("scenarios").value(rule.scenarios());
        json.name("observations").value(rule.observations());
        json.name("failureCount").value(rule.failureCount());
        json.name("failures").beginArray();
        for (Failure failure : rule.failures()) {
            failure(driver, failure);
        }
        json.endArray();
        json.endObject();
    }

    private void failure(DriverReport driver, Failure failure) throws IOException {
        Finding finding = failure.finding();
        json.beginObject();
        json.name("scenario").value(failure.scenario());
        json.name("step").value(finding.event());
        json.name("event").value(failure.eventText());
        if (finding.request().isPresent()) {
            DmaRequest request = finding.request().get();
            json.name("request").beginObject();
            json.name("stream").value(finding.stream());
            json.name("pasid").value(request.hasPasid() ? hex(request.pasid()) : "none");
            json.name("iova").value(hex(request.iova()));
            json.name("write").value(request.write());
            json.endObject();
        }
        json.name("expected").value(finding.expected());
        json.name("observed").value(finding.observed());
        Optional<String> trace = traces.name(driver.id(), failure.scenario());
        if (trace.isPresent()) {
            json.name("trace").value(trace.get());
        }
        json.name("reproduce").value(failure.reproduce());
        json.endObject();
    }

    private void transition(TransitionReport transition) throws IOException {
        json.beginObject();
        json.name("path").value(transition.path());
        json.name("from").value(transition.from());
        json.name("to").value(transition.to());
        json.name("promised").value(transition.promisedLabel());
        json.name("observed").value(transition.observed().label());
        json.name("plan").value(transition.plan());
        json.name("stores").value(transition.stores());
        json.name("commands").value(transition.commands());
        json.name("waits").value(transition.waits());
        json.endObject();
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value).toLowerCase(Locale.ROOT);
    }
}
