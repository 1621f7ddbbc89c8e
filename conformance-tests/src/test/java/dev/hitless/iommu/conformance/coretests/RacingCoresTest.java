package dev.hitless.iommu.conformance.coretests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cores that are only wrong when operations overlap are caught when they do, by the rule that they break. */
class RacingCoresTest {
    static Stream<Arguments> defects() {
        return Stream.of(
                defect(
                        "looks what a detach takes off before it locks",
                        RacingCores.DetachLooksBeforeItLocks::new,
                        "replace/beside/detach",
                        "CORE-11"),
                defect(
                        "loses one of two replaces",
                        RacingCores.LostUpdate::new,
                        "replace/beside/replace-of-the-same",
                        "CORE-11"),
                defect(
                        "unlocks the group before it publishes",
                        RacingCores.PublishedUnlocked::new,
                        "replace/beside/replace-of-the-same",
                        "CORE-11"),
                defect(
                        "unlocks the group between devices",
                        RacingCores.UnlockedBetweenDevices::new,
                        "replace/beside/replace-of-the-same",
                        "CORE-11"),
                defect(
                        "inverts the lock order",
                        RacingCores.LockOrderInverted::new,
                        "replace/beside/delivery-of-page-requests",
                        "CORE-11"),
                defect(
                        "publishes while it waits for the group",
                        RacingCores.PublishedWhileWaiting::new,
                        "replace/beside/replace-of-the-same",
                        "CORE-03"),
                defect(
                        "locks the group on the fault path",
                        RacingCores.FaultPathLocks::new,
                        "replace/beside/replace-in-other-group",
                        "CORE-03"),
                defect(
                        "keeps the group locked after a refusal",
                        RacingCores.LockKeptAfterRefusal::new,
                        "replace/beside/recovery-prepared",
                        "CORE-11"));
    }

    static Stream<Arguments> sharingDefects() {
        return Stream.of(
                sharing("shares without a lock", RacingSharing.Unlocked::new, "bind/beside/bind-of-another"),
                sharing(
                        "detaches after it has unlocked",
                        RacingSharing.EndsOutside::new,
                        "unbind/beside/bind-in-other-group"),
                sharing(
                        "frees the domain after it has unlocked",
                        RacingSharing.FreesOutside::new,
                        "unbind/beside/bind-in-other-group"),
                sharing(
                        "gives the PASID back before it detaches",
                        RacingSharing.PasidGivenBackFirst::new,
                        "unbind/beside/bind-of-another"),
                sharing(
                        "looks what is bound before it locks",
                        RacingSharing.FoundBefore::new,
                        "unbind/beside/bind-of-the-same"),
                sharing(
                        "inverts the order of the sharing lock and the group's",
                        RacingSharing.LockOrderInverted::new,
                        "unbind/beside/bind-in-other-group"));
    }

    private static Arguments sharing(String what, Function<PlainCore, PlainSharing> sharing, String overlap) {
        return defect(what, RacingSharing.core(sharing), overlap, "CORE-11");
    }

    private static Arguments defect(String what, Subsystem.Factory core, String overlap, String rule) {
        return Arguments.of(what, core, overlap, rule);
    }

    @ParameterizedTest(name = "a core that {0}")
    @MethodSource({"defects", "sharingDefects"})
    void isCaughtWhenOperationsOverlap(String what, Subsystem.Factory core, String overlap, String rule) {
        assertThat(broken(core, overlap)).as(what).contains(rule);
    }

    /** So what is caught is the defect, and not that the scenario asks for too much. */
    @Test
    void coresWithoutDefectKeepEveryRule() {
        assertThat(broken(PlainCore::new, "")).isEmpty();
        assertThat(broken(Subsystem.iommuCore(), "")).isEmpty();
    }

    @Test
    void everyOverlapIsSearchedAndNotJustPlayedOnce() {
        List<Scenario> overlaps = overlaps(Subsystem.iommuCore(), "");

        assertThat(overlaps).hasSizeGreaterThan(10);
        assertThat(overlaps)
                .allSatisfy(overlap ->
                        assertThat(overlap.run().schedules()).as(overlap.name()).isGreaterThan(10));
    }

    private static Set<String> broken(Subsystem.Factory core, String overlap) {
        Set<String> broken = new TreeSet<>();
        for (Scenario scenario : overlaps(core, overlap)) {
            for (Finding finding : scenario.run().findings()) {
                assertThat(scenario.exercises()).contains(finding.rule());
                broken.add(finding.rule().id());
            }
        }
        return broken;
    }

    private static List<Scenario> overlaps(Subsystem.Factory core, String overlap) {
        List<Scenario> overlaps = CoreScenarios.scripted(core).stream()
                .filter(scenario -> scenario.name().startsWith("core/overlap/" + overlap))
                .toList();
        assertThat(overlaps).isNotEmpty();
        return overlaps;
    }
}
