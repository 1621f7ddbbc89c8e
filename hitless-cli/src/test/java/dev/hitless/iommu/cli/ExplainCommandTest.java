package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.explain.Explanation;
import dev.hitless.iommu.conformance.explain.ExplanationJson;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("hitless explain")
class ExplainCommandTest {
    @TempDir
    private Path temp;

    private String plugin = "";

    @BeforeEach
    void plugin() throws IOException {
        plugin = PluginJar.acme(temp).toString();
    }

    private Run explain(String... more) {
        List<String> arguments = new ArrayList<>(List.of("explain", "--plugin", plugin));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Test
    @DisplayName("shows each step of a hitless replacement with what the device could see")
    void hitless() throws IOException {
        Run run = explain("--driver", "acme", "--from", "flat", "--to", "flat");

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out()).isEqualTo(expected("explain-hitless.txt"));
    }

    @Test
    @DisplayName("shows at which store a whole-entry copy is torn, and what DMA saw")
    void torn() throws IOException {
        Run run = explain("--driver", "acme-torn", "--from", "flat-1-level", "--to", "flat-1-level");

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out()).isEqualTo(expected("explain-torn.txt"));
    }

    @Test
    @DisplayName("prints the same from a saved trace as from the run itself")
    void saved() throws IOException {
        String[] arguments = {"--driver", "acme-torn", "--scenario", "pasid/flat-1-level->flat-1-level/crowd/default"};
        Path file = Files.writeString(
                temp.resolve("trace.json"), explain(with(arguments, "--json")).out());

        assertThat(Run.of("explain", file.toString()).out())
                .isNotEmpty()
                .isEqualTo(explain(arguments).out());
    }

    @Test
    @DisplayName("JSON reads back as the very same value")
    void roundTrip() throws IOException {
        String json = explain("--driver", "acme-torn", "--rid", "--from", "flat", "--to", "blocked", "--json")
                .out();
        Explanation read = ExplanationJson.read(new StringReader(json));
        StringWriter again = new StringWriter();
        ExplanationJson.write(read, again);

        assertThat(again).hasToString(json);
        assertThat(ExplanationJson.read(new StringReader(again.toString()))).isEqualTo(read);
        assertThat(read.scenario()).isEqualTo("rid/flat-1-level->blocked/alone/default");
        assertThat(read.events().get(0)).startsWith("begin: device-a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                                      | give --driver ID with --from KIND",
                "--from flat --to flat                                 | one driver is explained at a time",
                "--driver acme --from flat                             | --to KIND",
                "--driver acme --from fat --to flat                    | did you mean flat?",
                "--driver acme --from flat --to wheel                  | there are flat-1-level, blocked, flat, first-stage",
                "--driver acme --rid --pasid-path --from flat --to sva | exclude each other",
                "--driver acme --scenario pasid/flat                   | there is no scenario pasid/flat",
                "/no/such/trace.json                                   | cannot be read",
                "x.json --driver acme                                  | a trace file says all there is",
            })
    @DisplayName("answers wrong usage with one line")
    void wrongUsage(String arguments, String remedy) {
        Run run = explain(arguments == null ? new String[0] : arguments.strip().split(" +"));

        assertThat(run.err().strip()).contains(remedy).doesNotContain("\n");
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not json             | it is not the JSON of a trace",
                "[]                   | it is not the JSON of a trace",
                "{}                   | its format is not hitless-trace-1",
                "{'format':'other'}   | its format is not hitless-trace-1",
                "{'format':'hitless-trace-1'} | it has no 'steps'",
                "{'format':'hitless-trace-1','steps':[7]} | it is not the JSON of a trace",
            },
            quoteCharacter = '`')
    @DisplayName("says what is wrong with a file that is no trace")
    void otherFiles(String text, String reason) throws IOException {
        Path file = Files.writeString(temp.resolve("file.json"), text.strip().replace('\'', '"'));

        Run run = Run.of("explain", file.toString());

        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err().strip()).contains(reason, "hitless test --report").doesNotContain("\n");
    }

    private static String[] with(String[] arguments, String last) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add(last);
        return all.toArray(String[]::new);
    }

    private static String expected(String name) throws IOException {
        try (var text = ExplainCommandTest.class.getResourceAsStream(name)) {
            return new String(text.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
