package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("hitless drivers")
class DriversCommandTest {
    private static final String STUB = """
            import dev.hitless.iommu.api.*;
            import dev.hitless.iommu.api.platform.Platform;
            public final class Stub implements IommuDriverProvider {
                public String id() { return "stub"; }
                public String vendor() { return "Nobody"; }
                public String contractVersion() { return IommuApi.VERSION; }
                public String hardware() { return "Nothing"; }
                public String hardwareFamily() { return "nothing"; }
                public IommuDriver create(Platform platform, DriverOptions options) { return null; }
            }
            """;

    @TempDir
    private Path temp;

    @Test
    @DisplayName("shows a driver of ten lines that comes in a jar, with no change anywhere else")
    void pluginJar() throws IOException {
        Path jar = PluginJar.compiled(temp, "Stub", STUB);

        Run run = Run.of("drivers", "--plugin", jar.toString());

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out())
                .containsPattern("stub +Nobody +1\\.0 +Nothing +unknown: ")
                .contains("stub is in " + jar);
        assertThat(run.out().replaceAll("\\s+", " ")).contains("needs a hardware model of family 'nothing'");
    }

    @Test
    @DisplayName("shows what drivers claim on the default hardware of a model that came with them")
    void capabilities() throws IOException {
        Run run = Run.of("drivers", "--plugin", PluginJar.acme(temp).toString());

        assertThat(run.out())
                .containsPattern("acme +Acme +1\\.0 +Acme IOMMU +PASID, first stage")
                .contains("runs on the model of Acme IOMMU (none exists)");
    }

    @Test
    @DisplayName("shows what failed to load with stage, reason and remedy, beside those that did not")
    void broken() throws IOException {
        Path stub = PluginJar.compiled(temp, "Stub", STUB);
        Path broken = PluginJar.compiled(
                temp,
                "Broken",
                STUB.replace("Stub", "Broken")
                        .replace("return \"stub\"", "throw new IllegalStateException(\"no id\")"));
        Path garbage = Files.writeString(temp.resolve("garbage.jar"), "not a jar");

        Run run = Run.of(
                "drivers", "--plugin", stub.toString(), "--plugin", broken.toString(), "--plugin", garbage.toString());

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out())
                .containsPattern("stub +Nobody")
                .contains("failed to load Broken, at stage describe")
                .containsPattern("reason +.*no id")
                .contains("failed to load a plugin, at stage open")
                .containsPattern("where +" + garbage)
                .containsPattern("remedy +name a plugin's jar");
    }

    @Test
    @DisplayName("--state shows groups, devices, attachments, handles, resets and owners of every driver's core")
    void state() {
        Run run = Run.of("drivers", "--state");

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        for (String driver : List.of("vtd", "smmuv3", "amdvi")) {
            String text = run.out().substring(run.out().indexOf("the core over " + driver));
            assertThat(text)
                    .containsPattern("shared +network +1\\.\\.0xffff +as attached")
                    .containsPattern("shared +bridge +none +as attached")
                    .containsPattern("shared +storage +1\\.\\.0xff +being reset: no PASID on blocked")
                    .containsPattern("shared +PASID 0x5 .* paging +process-b")
                    .containsPattern("shared +PASID 0x6 .* paging +-")
                    .contains("owned: owned by virtual machine, 1 user");
        }
        assertThat(run.out().substring(run.out().indexOf("the core over")).lines())
                .allMatch(line -> line.length() <= 100);
    }

    @Test
    @DisplayName("--state --json has the same for programs")
    void stateAsJson() {
        JsonObject vtd = StreamSupport.stream(
                        Run.of("drivers", "--state", "--json")
                                .json()
                                .getAsJsonArray("drivers")
                                .spliterator(),
                        false)
                .map(JsonElement::getAsJsonObject)
                .filter(driver -> driver.get("id").getAsString().equals("vtd"))
                .findFirst()
                .orElseThrow();

        JsonObject shared = vtd.getAsJsonArray("state").get(0).getAsJsonObject();
        JsonObject storage = shared.getAsJsonArray("devices").get(2).getAsJsonObject();
        assertThat(storage.get("recovering").getAsBoolean()).isTrue();
        assertThat(storage.getAsJsonArray("deviations")).hasSize(3);
        JsonObject pasid = shared.getAsJsonArray("attachments").get(1).getAsJsonObject();
        assertThat(pasid.get("pasid").getAsString()).isEqualTo("0x5");
        assertThat(pasid.get("handle").getAsString()).isEqualTo("process-b");
        assertThat(vtd.getAsJsonArray("state")
                        .get(1)
                        .getAsJsonObject()
                        .get("owner")
                        .getAsString())
                .isEqualTo("virtual machine");
    }

    @Test
    @DisplayName("--json says the same as one document")
    void json() throws IOException {
        Path acme = PluginJar.acme(temp);

        JsonObject json = Run.of("drivers", "--json", "--plugin", acme.toString(), "--plugin", "/no/such.jar")
                .json();

        JsonObject driver = StreamSupport.stream(json.getAsJsonArray("drivers").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(one -> one.get("id").getAsString().equals("acme"))
                .findFirst()
                .orElseThrow();
        assertThat(driver.getAsJsonArray("capabilities").asList().stream().map(JsonElement::getAsString))
                .containsExactly("PASID", "first stage");
        assertThat(driver.get("problem").getAsString()).isEmpty();
        List<JsonElement> failures = json.getAsJsonArray("failures").asList();
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).getAsJsonObject().get("stage").getAsString()).isEqualTo("open");
    }
}
