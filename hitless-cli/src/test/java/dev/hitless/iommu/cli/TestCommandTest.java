package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Runs the suite over two drivers for an IOMMU that fits on a page. */
@DisplayName("hitless test")
class TestCommandTest {
    private static final String ALONE = "pasid/flat-1-level->flat-1-level/alone/*";

    @TempDir
    private Path temp;

    private String plugin = "";

    @BeforeEach
    void plugin() throws IOException {
        plugin = PluginJar.acme(temp).toString();
    }

    private Run test(String driver, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "test",
                "--plugin",
                plugin,
                "--driver",
                driver,
                "--rule",
                "DRV-02",
                "--rule",
                "DRV-09",
                "--rule",
                "DRV-20",
                "--scenario",
                ALONE,
                "--jobs",
                "1"));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Test
    @DisplayName("--schedules bounds how often overlapping operations are interrupted, and the report counts them")
    void schedules() {
        JsonObject sequential = overlapping("0");
        JsonObject interrupted = overlapping("1");

        assertThat(sequential.getAsJsonObject("suite").get("schedules").getAsInt())
                .isZero();
        assertThat(sequential.getAsJsonObject("totals").get("schedules").getAsLong())
                .as("two operations, one after the other")
                .isEqualTo(2);
        assertThat(interrupted.getAsJsonObject("suite").get("schedules").getAsInt())
                .isEqualTo(1);
        assertThat(interrupted.getAsJsonObject("totals").get("schedules").getAsLong())
                .isGreaterThan(4);
    }

    private JsonObject overlapping(String schedules) {
        Run run = Run.of(
                "test",
                "--plugin",
                plugin,
                "--driver",
                "acme",
                "--scenario",
                "pasid/*/beside/second-device/default",
                "--schedules",
                schedules,
                "--json",
                "--quiet");
        assertThat(run.err()).isEmpty();
        return JsonParser.parseString(run.out()).getAsJsonObject();
    }

    @Test
    @DisplayName("--option reaches the driver, and both the report and the command that reproduces a failure name it")
    void driverOption() {
        Run run = test("acme", "--option", "torn=yes");

        assertThat(run.code()).isEqualTo(ExitCode.DOES_NOT_CONFORM);
        assertThat(run.out()).contains("    reproduce ./hitless test --driver acme --option torn=yes --rule DRV-02 ");
        JsonObject suite = JsonParser.parseString(
                        test("acme", "--option", "torn=yes", "--json").out())
                .getAsJsonObject()
                .getAsJsonObject("suite");
        assertThat(suite.getAsJsonObject("options").get("torn").getAsString()).isEqualTo("yes");
    }

    @Test
    @DisplayName("an option that the driver does not know ends with 3, in the driver's words")
    void unknownDriverOption() {
        Run run = test("acme", "--option", "tron=yes");

        assertThat(run.code()).isEqualTo(ExitCode.SUITE_FAILED);
        assertThat(run.err()).contains("unknown driver option tron; this driver knows torn");
    }

    @Test
    @DisplayName("ends with 0 for a driver that conforms, and says so last")
    void conforms() {
        Run run = test("acme");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out())
                .containsPattern("DRV-02 +required +PASS")
                .contains("SKIP DRV-20: ")
                .containsPattern("observations\\Rin [0-9.]+ s \\([0-9,]+ observations per second\\)")
                .doesNotContain("\u001b");
        assertThat(lastLine(run.out())).startsWith("acme conforms: 2 of 2 required rules passed, 1 skipped (");
    }

    @Test
    @DisplayName(
            "ends with 1 for a torn driver, and shows rule, scenario, who, expected, observed, after and reproduce")
    void torn() {
        Run run = test("acme-torn");

        assertThat(run.code()).isEqualTo(ExitCode.DOES_NOT_CONFORM);
        assertThat(run.out())
                .contains("""
                        FAIL DRV-02 (required)
                          never torn: at no instant does DMA see anything but old, new, or (where allowed) blocked
                        """)
                .containsPattern("broken in [12] of [12] scenarios?:\n")
                .contains("    scenario  pasid/flat-1-level->flat-1-level/alone/")
                .containsPattern("    who +device-a PASID 0x5, read of 0x1")
                .containsPattern("    expected +old 0x[0-9a-f]+ rw or new 0x[0-9a-f]+ rw\n")
                .containsPattern("    observed +0x[0-9a-f]+ rw\n")
                .containsPattern("    after +event [0-9]+: store64 ")
                .containsPattern("    reproduce \\./hitless test --driver acme-torn --rule DRV-02 --scenario '");
        assertThat(lastLine(run.out())).startsWith("acme-torn does not conform: ");
    }

    @Test
    @DisplayName("tests every driver that it finds, each by a last line of its own; one that fails decides")
    void everyDriver() {
        Run run = Run.of(
                "test",
                "--plugin",
                plugin,
                "--driver",
                "acme-torn",
                "--driver",
                "acme",
                "--rule",
                "DRV-02",
                "--scenario",
                ALONE,
                "--quiet");

        assertThat(run.code()).isEqualTo(ExitCode.DOES_NOT_CONFORM);
        assertThat(run.out().lines())
                .satisfiesExactly(first -> assertThat(first).startsWith("acme conforms"), second -> assertThat(second)
                        .startsWith("acme-torn does not conform"));
    }

    @Test
    @DisplayName("colours verdicts where a screen can show them")
    void coloured() {
        Run run = Run.coloured("test", "--plugin", plugin, "--driver", "acme", "--rule", "DRV-02", "--scenario", ALONE);

        assertThat(run.out()).containsPattern("\u001b\\[32m *PASS");
    }

    @Test
    @DisplayName("--json prints one document and nothing else")
    void json() {
        Run run = test("acme-torn", "--json");

        assertThat(run.code()).isEqualTo(ExitCode.DOES_NOT_CONFORM);
        JsonObject driver = run.json().getAsJsonArray("drivers").get(0).getAsJsonObject();
        assertThat(driver.get("id").getAsString()).isEqualTo("acme-torn");
        assertThat(driver.get("verdict").getAsString()).isEqualTo("fails");
        JsonObject rule = driver.getAsJsonArray("rules").get(0).getAsJsonObject();
        assertThat(rule.get("verdict").getAsString()).isEqualTo("FAIL");
        assertThat(rule.getAsJsonArray("failures").get(0).getAsJsonObject().has("trace"))
                .isFalse();
        assertThat(test("acme-torn", "--json").out()).as("the same run again").isEqualTo(run.out());
    }

    @Test
    @DisplayName("--strict also ends with 1 when a required rule was skipped")
    void strict() {
        assertThat(test("acme", "--strict").code()).isEqualTo(ExitCode.DOES_NOT_CONFORM);
    }

    @Test
    @DisplayName("--report leaves JSON, JUnit XML and traces that explain can show")
    void report() throws Exception {
        Path report = temp.resolve("a report/of it");
        test("acme-torn", "--report", report.toString());

        JsonObject json = JsonParser.parseString(Files.readString(report.resolve("conformance.json")))
                .getAsJsonObject();
        JsonObject failure = json.getAsJsonArray("drivers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("rules")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("failures")
                .get(0)
                .getAsJsonObject();
        Path trace = report.resolve(failure.get("trace").getAsString());
        assertThat(Run.of("explain", trace.toString()).out()).contains("acme-torn is torn here");

        Document xml = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.resolve("TEST-acme-torn.xml").toFile());
        assertThat(xml.getDocumentElement().getAttribute("failures")).isEqualTo("1");
        Element first = (Element) xml.getElementsByTagName("testcase").item(0);
        assertThat(first.getAttribute("classname")).isEqualTo("acme-torn");
        assertThat(first.getAttribute("name")).startsWith("DRV-02 never torn: ");
        assertThat(first.getElementsByTagName("failure").item(0).getTextContent())
                .contains("'" + ALONE.replace("*", ""));
        assertThat(xml.getElementsByTagName("skipped").getLength()).isEqualTo(1);
    }

    @Test
    @DisplayName("--report that cannot be written is wrong usage")
    void unwritable() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");

        Run run = test("acme", "--report", file.resolve("x").toString());

        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains("name another folder");
    }

    @Test
    @DisplayName("a driver without hardware model, when named, is wrong usage: a plugin is missing")
    void noModel() throws IOException {
        Path jar = PluginJar.compiled(temp, "Lonely", """
                import dev.hitless.iommu.api.*;
                import dev.hitless.iommu.api.platform.Platform;
                public final class Lonely implements IommuDriverProvider {
                    public String id() { return "lonely"; }
                    public String vendor() { return "Nobody"; }
                    public String contractVersion() { return IommuApi.VERSION; }
                    public String hardware() { return "Nothing"; }
                    public String hardwareFamily() { return "nothing"; }
                    public IommuDriver create(Platform platform, DriverOptions options) { return null; }
                }
                """);

        Run run = Run.of("test", "--driver", "lonely", "--plugin", jar.toString());

        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err().strip())
                .contains("needs a hardware model of family 'nothing'", "with --plugin")
                .doesNotContain("\n");
    }

    @Test
    @DisplayName("a driver that does not start ends with 3: nothing is said of conformance")
    void doesNotStart() throws IOException {
        Path jar = PluginJar.compiled(temp, "Dead", """
                import dev.hitless.iommu.api.*;
                import dev.hitless.iommu.api.platform.Platform;
                public final class Dead implements IommuDriverProvider {
                    public String id() { return "dead"; }
                    public String vendor() { return "Nobody"; }
                    public String contractVersion() { return IommuApi.VERSION; }
                    public String hardware() { return "Acme"; }
                    public String hardwareFamily() { return "acme"; }
                    public IommuDriver create(Platform platform, DriverOptions options) {
                        throw new IommuException(Errno.EIO, "the unit does not answer");
                    }
                }
                """);

        Run run = Run.of("test", "--driver", "dead", "--plugin", jar.toString(), "--plugin", plugin);

        assertThat(run.code()).isEqualTo(ExitCode.SUITE_FAILED);
        assertThat(run.err()).contains("driver dead", "could not be run", "the unit does not answer");
    }

    private static String lastLine(String text) {
        List<String> lines = text.lines().toList();
        return lines.get(lines.size() - 1);
    }
}
