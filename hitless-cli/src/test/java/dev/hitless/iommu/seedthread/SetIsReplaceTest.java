package dev.hitless.iommu.seedthread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.BlockedInstants;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.Failure;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variants;
import dev.hitless.iommu.conformance.subsystem.Benches;
import dev.hitless.iommu.conformance.subsystem.MachineBench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The question that this project began with (Linux IOMMU list, March 2024): can the core make a replacement atomic? With
 * remove-first it cannot, however good the driver: between the two calls the PASID is blocked, and when the second one
 * fails there is nothing to go back to but another attach. With <em>set is replace</em>, and drivers that know themselves
 * what is attached, it can: the core makes one call for each device and does nothing else. One scenario, both ways, over
 * every driver.
 */
@DisplayName("Removing first is not replacing:")
class SetIsReplaceTest {
    private static final Pasid PASID = Pasid.of(5);

    static Stream<Target> drivers() {
        HardwareModels models = HardwareModels.discover(SetIsReplaceTest.class.getClassLoader());
        return ServiceLoader.load(IommuDriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .map(driver ->
                        new Target(driver, models.find(driver.hardwareFamily()).orElseThrow()));
    }

    /** Two devices in a group, one domain behind their PASID; replaced by another while both do DMA. */
    private static final class Replacement {
        final MachineBench bench;
        final Subsystem core;
        final List<IommuDevice> devices = new ArrayList<>();
        final Subsystem.Group group;
        final Subsystem.Handle old;

        Replacement(Target target, Subsystem.Factory cores) {
            var usual = new Variants(target.hardware().options(), false, variant -> true).usual();
            bench = Benches.over(target, usual, new Judge(Assumptions.WEAK)).set();
            core = cores.over(bench.driver(), bench.locks(), warning -> {});
            group = core.createGroup("group");
            for (int i = 0; i < 2; i++) {
                devices.add(core.addDevice(group, bench.describe("device-" + i, 0x20 + 8 * i, 16, false)));
                bench.added(devices.get(i));
            }
            old = core.newHandle("old", null);
            core.attach(bench.onPasid(0), devices.get(0), PASID, old);
            bench.driver().takeCalls();
        }

        void replace() {
            core.replace(bench.onPasid(1), devices.get(0), PASID, core.newHandle("new", null));
        }

        Operation recorded() {
            return bench.record(this::replace, devices, PASID, bench.onPasid(1), ReplaceGuarantee.HITLESS);
        }

        /** The second device refuses the new domain. */
        void secondDeviceFails() {
            bench.driver()
                    .script(call -> call.device().equals(devices.get(1))
                                    && call.target().equals(bench.onPasid(1))
                            ? Optional.of(new IommuException(Errno.ENOSPC, "no domain id left"))
                            : Optional.empty());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drivers")
    @DisplayName("set is replace: one call for each device, and at no instant is DMA blocked")
    void setIsReplaceIsAtomic(Target target) {
        Replacement replacement = new Replacement(target, Subsystem.iommuCore());

        Operation operation = replacement.recorded();

        assertThat(replacement.bench.driver().takeCalls()).hasSize(2);
        assertThat(operation.trace().succeeded()).isTrue();
        assertThat(BlockedInstants.of(operation, Assumptions.WEAK)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drivers")
    @DisplayName(
            "remove first: twice the calls, and DMA is blocked from the removal on until the new domain is in place")
    void removeFirstIsNot(Target target) {
        Replacement replacement = new Replacement(target, RemoveFirst.over(Subsystem.iommuCore()));

        Operation operation = replacement.recorded();

        assertThat(replacement.bench.driver().takeCalls()).hasSize(4);
        assertThat(operation.trace().succeeded()).isTrue();
        var blocked = BlockedInstants.of(operation, Assumptions.WEAK);
        // Not a moment, but a stretch: from the first removal to the last new domain. Instants are counted where
        // anything
        // changes for somebody; in between nothing gets better.
        assertThat(blocked).hasSizeGreaterThan(1);
        assertThat(blocked.last() - blocked.first())
                .as("events between the first and the last instant at which DMA may be blocked")
                .isGreaterThan(operation.trace().end() / 2);
        for (IommuDevice device : replacement.devices) {
            assertThat(replacement.bench.mismatch(device, PASID, replacement.bench.onPasid(1)))
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drivers")
    @DisplayName("a replace that fails half-way: with set is replace nobody has lost anything")
    void aFailureChangesNothing(Target target) {
        Replacement replacement = new Replacement(target, Subsystem.iommuCore());
        replacement.secondDeviceFails();

        assertThatThrownBy(replacement::replace).hasMessage("ENOSPC: no domain id left");

        assertThat(replacement.bench.driver().takeCalls())
                .as("there, failed, and back; the device that failed keeps what it had")
                .hasSize(3);
        assertThat(replacement.core.find(replacement.group, PASID)).isEqualTo(replacement.old);
        for (IommuDevice device : replacement.devices) {
            assertThat(replacement.bench.mismatch(device, PASID, replacement.bench.onPasid(0)))
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drivers")
    @DisplayName("a replace that fails half-way: with remove first the attachment is lost and has to be made anew")
    void aFailureAfterRemovalHasNothingToGoBackTo(Target target) {
        Replacement replacement = new Replacement(target, RemoveFirst.over(Subsystem.iommuCore()));
        replacement.secondDeviceFails();

        assertThatThrownBy(replacement::replace).hasMessage("ENOSPC: no domain id left");

        assertThat(replacement.bench.driver().takeCalls())
                .as("two removals, two tries, one undone, two attached again")
                .hasSize(7);
        assertThat(replacement.core.find(replacement.group, PASID)).isNotEqualTo(replacement.old);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drivers")
    @DisplayName("the suite finds the one and not the other, by rule CORE-01, and shows the first event of the gap")
    void theSuiteFindsIt(Target target) {
        assertThat(verdict(target, Subsystem.iommuCore()).verdict()).isEqualTo("conforms");

        DriverReport found = verdict(target, RemoveFirst.over(Subsystem.iommuCore()));

        assertThat(found.rules().stream().filter(rule -> rule.verdict() == Verdict.FAIL))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.rule()).isEqualTo(Rule.CORE_01);
                    Failure failure = rule.failures().get(0);
                    assertThat(failure.finding().event()).isPositive();
                    assertThat(failure.finding().observed()).startsWith("BLOCKED");
                });
    }

    private static DriverReport verdict(Target target, Subsystem.Factory cores) {
        SuiteOptions options = SuiteOptions.DEFAULTS.withScenarios("core/pasid-replace-as-one/*");
        return new ConformanceSuite(target, options, cores).run("class path", Progress.SILENT);
    }
}
