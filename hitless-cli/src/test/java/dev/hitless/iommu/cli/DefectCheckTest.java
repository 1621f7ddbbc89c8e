package dev.hitless.iommu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.cli.acme.AcmeDriverProvider;
import dev.hitless.iommu.cli.acme.AcmeModelProvider;
import dev.hitless.iommu.cli.acme.AcmeTornDriverProvider;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectCheck;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The kit for broken drivers, on a driver and a model that are nobody's. */
class DefectCheckTest {
    private static final String CHANGE = "pasid/flat-1-level->flat-1-level/alone/default";

    private final DefectCheck check =
            new DefectCheck(new AcmeDriverProvider(), new AcmeModelProvider(), SuiteOptions.DEFAULTS);

    private static Defect torn(String scenario, String... rules) {
        return new Defect("written in two halves", new AcmeTornDriverProvider(), scenario, Set.of(rules));
    }

    /** The rules that the torn driver breaks in {@link #CHANGE}, as the kit tells them. */
    private String[] brokenRules() {
        try {
            check.requireCaught(torn(CHANGE, "DRV-01"));
            return new String[] {"DRV-01"};
        } catch (AssertionError e) {
            String broken = String.valueOf(e.getMessage()).replaceFirst("(?s).*but breaks \\[(.*)\\]$", "$1");
            return broken.split(", ");
        }
    }

    @Test
    void exactlyTheRulesThatAreBrokenHaveToBeNamed() {
        String[] rules = brokenRules();
        assertThat(rules).isNotEmpty().allMatch(rule -> rule.startsWith("DRV-"));
        assertThatCode(() -> check.requireCaught(torn(CHANGE, rules))).doesNotThrowAnyException();

        List<String> more = new ArrayList<>(List.of(rules));
        more.add("DRV-01");
        more.add("DRV-25");
        assertThatThrownBy(() -> check.requireCaught(
                        torn(CHANGE, more.stream().distinct().toArray(String[]::new))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("written in two halves", CHANGE, "should break [", "but breaks [" + rules[0]);
    }

    @Test
    void theDriverWithoutDefectsIsSound() {
        assertThatCode(() -> check.requireSound(CHANGE)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new DefectCheck(
                                new AcmeTornDriverProvider(), new AcmeModelProvider(), SuiteOptions.DEFAULTS)
                        .requireSound(CHANGE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the driver without defects should break no rule in " + CHANGE);
    }

    @Test
    void aScenarioThatIsNoneOrSeveralIsRefused() {
        assertThatThrownBy(() -> check.requireCaught(torn("pasid/nothing", "DRV-01")))
                .hasMessageContaining("selects 0 scenarios");
        assertThatThrownBy(() -> check.requireCaught(torn("pasid/*/default", "DRV-01")))
                .hasMessageContaining("a defect shows in one");
    }

    @Test
    void aDefectThatBreaksNothingIsNone() {
        assertThatThrownBy(() -> torn(CHANGE)).hasMessageContaining("breaks no rule");
    }

    @Test
    void aDriverOnOtherMemoryIntroducesItselfAlike() {
        AtomicInteger asked = new AtomicInteger();
        DefectiveProvider provider = DefectiveProvider.withMemory(new AcmeDriverProvider(), memory -> {
            asked.incrementAndGet();
            return memory;
        });
        assertThat(provider.id()).isEqualTo("broken-acme");
        assertThat(provider.hardwareFamily()).isEqualTo("acme");
        Defect sound = new Defect("none at all", provider, CHANGE, Set.of("DRV-01"));
        assertThatThrownBy(() -> check.requireCaught(sound)).hasMessageContaining("but breaks []");
        assertThat(asked).hasPositiveValue();
    }
}
