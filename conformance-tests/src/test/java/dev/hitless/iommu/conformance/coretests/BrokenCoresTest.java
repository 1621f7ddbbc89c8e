package dev.hitless.iommu.conformance.coretests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The CORE rules bite: cores with one defect each. All scenarios are run over each, and the whole set of rules that is
 * found broken is compared: those named, and none that it keeps.
 */
class BrokenCoresTest {
    static Stream<Arguments> defects() {
        return Stream.of(
                defect("removes first, as first proposed", BrokenCores.RemoveFirst::new, "CORE-01"),
                defect(
                        "switches the record before the drivers in a replace",
                        (driver, locks, warnings) -> new BrokenCores.RecordFirst(driver, locks, warnings, false),
                        "CORE-03"),
                defect(
                        "publishes before the drivers in an attach",
                        (driver, locks, warnings) -> new BrokenCores.RecordFirst(driver, locks, warnings, true),
                        "CORE-03"),
                defect("keeps what failed in the record", BrokenCores.RecordKeptAfterFailure::new, "CORE-04"),
                defect("calls the failing device again", BrokenCores.FailingDeviceCalledAgain::new, "CORE-04"),
                defect("calls later devices", BrokenCores.LaterDevicesCalled::new, "CORE-04"),
                defect("rolls back to blocked instead of old", BrokenCores.RollBackToBlocked::new, "CORE-04"),
                defect("does not roll back", BrokenCores.NoRollBack::new, "CORE-04"),
                defect("wraps the driver's error", BrokenCores.ErrorWrapped::new, "CORE-04"),
                defect("leaves a stuck device on the failed domain", BrokenCores.StuckDeviceLeftAlone::new, "CORE-05"),
                defect("does not warn of a stuck device", BrokenCores.StuckDeviceBlockedSilently::new, "CORE-05"),
                defect("calls devices without PASIDs", BrokenCores.EveryDeviceCalled::new, "CORE-06"),
                defect("takes a group without PASIDs", CarelessCores.GroupWithoutPasidsAccepted::new, "CORE-06"),
                defect("erases before the drivers in a detach", BrokenCores.DetachErasesFirst::new, "CORE-03"),
                defect("stops a detach where a device fails", BrokenCores.DetachCanFail::new, "CORE-02"),
                defect("sets the same domain again", BrokenCores.SameDomainSetAgain::new, "CORE-07"),
                defect("takes the handle in use", CarelessCores.HandleInUseAccepted::new, "CORE-07"),
                defect("marks the handle before it refuses", CarelessCores.HandleMarkedBeforeRefusal::new, "CORE-07"),
                defect("checks the range of one device only", CarelessCores.RangeOfOneDevice::new, "CORE-08"),
                defect("takes foreign domains", CarelessCores.ForeignAccepted::new, "CORE-08"),
                // A replace refuses in the end, since nothing is attached there; but a reset comes before that.
                defect("takes PASID 0", CarelessCores.PasidZeroAccepted::new, "CORE-02", "CORE-08"),
                defect("replaces without handle", CarelessCores.HandleNotNeeded::new, "CORE-08"),
                defect("attaches in a replace", CarelessCores.ReplaceAttaches::new, "CORE-08"),
                defect("checks in another order", CarelessCores.AttachedBeforeReset::new, "CORE-02"),
                defect("answers page requests twice", CarelessCores.AnsweredTwice::new, "CORE-09"),
                defect("gives page requests to both handles", CarelessCores.GivenToBoth::new, "CORE-09"),
                defect("forgets page requests of the old handle", CarelessCores.OldRequestsForgotten::new, "CORE-09"),
                defect("changes a group during a reset", CarelessCores.ChangedDuringReset::new, "CORE-10"),
                defect("detaches a device in reset", CarelessCores.DetachReachesDeviceInReset::new, "CORE-10"),
                defect("brings PASIDs back first", CarelessCores.PasidsBackFirst::new, "CORE-10"),
                defect("leaves PASIDs off after a reset", CarelessCores.PasidsStayOff::new, "CORE-10"));
    }

    private static Arguments defect(String what, Subsystem.Factory core, String... rules) {
        return Arguments.of(what, core, Set.of(rules));
    }

    @ParameterizedTest(name = "a core that {0}")
    @MethodSource("defects")
    void isFoundByTheRuleThatItBreaksAndByNoOther(String what, Subsystem.Factory core, Set<String> rules) {
        assertThat(broken(core)).as(what).containsOnlyKeys(rules);
    }

    @Test
    void aPlainCoreWithoutDefectKeepsEveryRule() {
        assertThat(broken(PlainCore::new)).isEmpty();
    }

    @Test
    void theRealCoreKeepsEveryRule() {
        assertThat(broken(Subsystem.iommuCore())).isEmpty();
    }

    @Test
    void thereIsADefectForEveryRuleAndAScenarioThatCanFindIt() {
        Set<String> named = Stream.concat(
                        defects().flatMap(defect -> ((Set<?>) defect.get()[2]).stream()),
                        RacingCoresTest.defects().map(defect -> defect.get()[3]))
                .map(String::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> exercised = CoreScenarios.scripted(Subsystem.iommuCore()).stream()
                .flatMap(scenario -> scenario.exercises().stream())
                .map(Rule::id)
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> all = Arrays.stream(Rule.values())
                .map(Rule::id)
                .filter(id -> id.startsWith("CORE"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isEqualTo(all);
        assertThat(exercised).isEqualTo(all);
    }

    @Test
    void scenariosHaveNamesOfTheirOwn() {
        assertThat(CoreScenarios.scripted(Subsystem.iommuCore()))
                .extracting(Scenario::name)
                .doesNotHaveDuplicates();
    }

    /**
     * What is found, by rule; and by no scenario that does not claim to look for it. Operations that overlap are {@link
     * RacingCoresTest}'s: a core that goes wrong alone goes wrong there too, and says nothing new.
     */
    private static Map<String, List<String>> broken(Subsystem.Factory core) {
        Map<String, List<String>> broken = new TreeMap<>();
        for (Scenario scenario : CoreScenarios.scripted(core)) {
            if (scenario.name().startsWith("core/overlap/")) {
                continue;
            }
            for (Finding finding : scenario.run().findings()) {
                assertThat(scenario.exercises())
                        .as(scenario.name() + ": " + finding)
                        .contains(finding.rule());
                broken.computeIfAbsent(finding.rule().id(), rule -> new ArrayList<>())
                        .add(scenario.name() + ": " + finding.expected() + ", but " + finding.observed());
            }
        }
        return broken;
    }
}
