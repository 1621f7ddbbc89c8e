package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.conformance.rules.Rule;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("hitless rules")
class RulesCommandTest {
    @Test
    @DisplayName("shows every rule with its level, within the width of the screen")
    void table() {
        Run run = Run.of("rules");

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        for (Rule rule : Rule.values()) {
            assertThat(run.out())
                    .containsPattern(rule.id() + " +" + rule.level().label());
        }
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    @DisplayName("--json has the full sentence and source of each")
    void json() {
        JsonArray rules = Run.of("rules", "--json").json().getAsJsonArray("rules");

        assertThat(rules).hasSize(Rule.values().length);
        JsonObject first = rules.get(0).getAsJsonObject();
        assertThat(first.get("id").getAsString()).isEqualTo(Rule.CORE_01.id());
        assertThat(first.get("sentence").getAsString()).isEqualTo(Rule.CORE_01.sentence());
        assertThat(first.get("source").getAsString()).isEqualTo(Rule.CORE_01.source());
    }

    @Test
    @DisplayName("--version names Hitless, its contract and Java")
    void version() {
        assertThat(Run.of("--version").out())
                .contains("hitless ", "driver contract " + IommuApi.VERSION, "Java " + Runtime.version());
    }
}
