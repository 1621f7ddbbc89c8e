package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("hitless compare")
class CompareCommandTest {
    @TempDir
    private Path temp;

    private String plugin = "";

    @BeforeEach
    void plugin() throws IOException {
        plugin = PluginJar.acme(temp).toString();
    }

    @Test
    @DisplayName("puts drivers side by side, with plan and cost, and marks where they differ")
    void table() {
        Run run = Run.of("compare", "--plugin", plugin, "--driver", "acme", "--driver", "acme-torn");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out())
                .contains("Behind a PASID", "Behind requests without PASID")
                .containsPattern("CHANGE +acme +acme-torn")
                .containsPattern("! +first stage -> first stage +hitless +torn, promised hitless\n"
                        + " +none 1s 0c 0w +none 2s 0c 0w");
    }

    @Test
    @DisplayName("--json says the same as one document")
    void json() {
        JsonObject json = Run.of(
                        "compare",
                        "--json",
                        "--plugin",
                        plugin,
                        "--driver",
                        "acme",
                        "--driver",
                        "acme-torn",
                        "--scenario",
                        "pasid/flat-1-level->flat-1-level/alone/default")
                .json();

        assertThat(json.getAsJsonArray("drivers").asList().stream().map(JsonElement::getAsString))
                .containsExactly("acme", "acme-torn");
        assertThat(json.getAsJsonArray("transitions")).hasSize(1);
        JsonObject change = json.getAsJsonArray("transitions").get(0).getAsJsonObject();
        assertThat(change.get("from").getAsString()).isEqualTo("first stage");
        assertThat(change.get("differ").getAsBoolean()).isTrue();
        JsonObject torn = change.getAsJsonObject("drivers").getAsJsonObject("acme-torn");
        assertThat(torn.get("promised").getAsString()).isEqualTo("hitless");
        assertThat(torn.get("observed").getAsString()).isEqualTo("torn");
        assertThat(torn.get("stores").getAsInt()).isEqualTo(2);
    }
}
