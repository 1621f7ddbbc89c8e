package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Wrong usage ends with 2 and one line that says what to type instead")
class WrongUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tets                        | did you mean test",
                "test --drivr x              | did you mean --driver",
                "test --rule DRV-2           | did you mean DRV-02",
                "test --rule nonsense        | hitless rules lists them all",
                "test --driver nobody        | no driver is called 'nobody'",
                "test --visibility strong    | weak, tso",
                "test --fetch-order backward | default, any",
                "compare --hardware qemu     | --hardware qemu is for hitless test",
                "test --hardware brick       | model, qemu",
                "test --faults some         | none, rotating, all",
                "test --jobs 0               | give 1 or more",
                "test --jobs many            | 'many' is not an int",
                "test --schedules -1         | give 0",
                "test --schedules all        | 'all' is not an int",
                "test --plugin /no/such.jar  | name a plugin's jar",
                "test --scenario no/such     | no scenario matches",
                "test --option a=b           | name it, and no other, with --driver",
                "test --option a --driver x  | NAME=VALUE",
                "drivers vtd                 | unmatched argument",
            })
    void oneLine(String arguments, String remedy) {
        Run run = Run.of(arguments.strip().split(" "));

        assertThat(run.err().strip()).startsWith("hitless: ").contains(remedy).doesNotContain("\n");
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--waivers=file"})
    @DisplayName("also for options that are not built yet: they are never accepted in silence")
    void notBuiltYet(String option) {
        assertThat(Run.of("test", option).code()).isEqualTo(ExitCode.WRONG_USAGE);
    }

    @Test
    @DisplayName("no command at all shows the help and is no mistake")
    void nothing() {
        Run run = Run.of();

        assertThat(run.code()).isEqualTo(ExitCode.CONFORMS);
        assertThat(run.out()).contains("Usage: hitless", "Examples:", "Exit codes:");
    }
}
