package dev.hitless.iommu.conformance.report;

import dev.hitless.iommu.conformance.explain.Explainer;
import dev.hitless.iommu.conformance.explain.ExplanationJson;
import dev.hitless.iommu.conformance.judge.Operation;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A report as files: {@code conformance.json}, {@code TEST-<driver>.xml} for each driver, and {@code traces/*.json} for
 * the scenarios that broke a rule, which {@code hitless explain} shows step by step.
 */
public final class ReportFolder {
    private final Path folder;

    /** @param folder where to write; made if it is not there */
    public ReportFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Writes {@code report}. Files of an earlier report in the same place are replaced, its traces deleted.
     *
     * @param explainer derives by the same memory rules that the report was made with
     */
    public void write(SuiteReport report, Explainer explainer) throws IOException {
        Path traces = Files.createDirectories(folder.resolve("traces"));
        try (DirectoryStream<Path> earlier = Files.newDirectoryStream(traces, "*.json")) {
            for (Path file : earlier) {
                Files.delete(file);
            }
        }
        TraceFiles files = TraceFiles.of(report);
        try (Writer out = Files.newBufferedWriter(folder.resolve("conformance.json"))) {
            JsonReport.write(report, files, out);
        }
        for (DriverReport driver : report.drivers()) {
            Files.writeString(folder.resolve("TEST-" + driver.id() + ".xml"), JUnitXml.text(driver));
        }
        for (Map.Entry<TraceFiles.Key, Failure> entry : files.failures().entrySet()) {
            TraceFiles.Key key = entry.getKey();
            Operation operation = entry.getValue().operation().orElseThrow();
            Path file = folder.resolve(files.name(key.driver(), key.scenario()).orElseThrow());
            try (Writer out = Files.newBufferedWriter(file)) {
                ExplanationJson.write(explainer.explain(key.driver(), key.scenario(), operation), out);
            }
        }
    }
}
