package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Hardware that lacks something: the driver either refuses to come up at all, leaving nothing behind, or claims less, and
 * refuses what it does not claim.
 */
final class GatingScenario implements Scenario {
    private static final Set<Errno> UNSUPPORTED = EnumSet.of(Errno.EOPNOTSUPP);
    private static final Set<Errno> NO_PASID = EnumSet.of(Errno.EOPNOTSUPP, Errno.EINVAL);

    private final Target target;
    private final Variant variant;
    private final DriverCapabilities usual;

    GatingScenario(Target target, Variant variant, DriverCapabilities usual) {
        this.target = target;
        this.variant = variant;
        this.usual = usual;
    }

    @Override
    public String name() {
        return "capability-gating/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_20, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        Checks checks = new Checks();
        RecordingPlatform bare = new RecordingPlatform(target.hardware(), variant.configuration(), variant.store128());
        Recording start = bare.record("bring up", () -> target.driver().create(bare, DriverOptions.DEFAULTS));
        if (start.failure().isPresent()) {
            checks.saw(start);
            refusedToStart(checks, bare, start);
            return checks.result();
        }
        Machine machine = target.machine(variant);
        DriverCapabilities claimed = machine.driver().capabilities();
        formats(machine, claimed, checks);
        kinds(machine, claimed, checks);
        pasids(machine, claimed, checks);
        checks.tracking(machine, -1);
        checks.tornDownClean(machine);
        return checks.result();
    }

    private static void refusedToStart(Checks checks, RecordingPlatform bare, Recording start) {
        RuntimeException failure = start.failure().orElseThrow();
        boolean clean = failure instanceof IommuException refusal && refusal.errno() == Errno.EOPNOTSUPP;
        if (!clean) {
            checks.add(
                    Finding.of(Rule.DRV_20, start.trace().end(), "to come up, or EOPNOTSUPP", String.valueOf(failure)));
        }
        if (bare.allocatedBytes() != 0) {
            checks.add(Finding.of(
                    Rule.DRV_24,
                    start.trace().end(),
                    "nothing allocated after the driver refused to come up",
                    bare.allocatedBytes() + " bytes"));
        }
    }

    private void formats(Machine machine, DriverCapabilities claimed, Checks checks) {
        for (PagingFormat format : usual.formats()) {
            boolean offered =
                    claimed.formats().stream().anyMatch(other -> other.label().equals(format.label()));
            if (!offered) {
                checks.refused(
                        machine.platform().record("allocate " + format.label(), () -> machine.driver()
                                .allocatePaging(format)),
                        "a domain of format " + format.label() + ", which this hardware lacks,",
                        UNSUPPORTED);
            }
        }
    }

    private void kinds(Machine machine, DriverCapabilities claimed, Checks checks) {
        if (!claimed.has(Capability.IDENTITY)) {
            checks.refused(
                    machine.platform()
                            .record("identity domain", () -> machine.driver().identityDomain()),
                    "an identity domain, which is not claimed,",
                    UNSUPPORTED);
        }
        if (!claimed.has(Capability.NESTED) && !claimed.formats().isEmpty()) {
            var parent = machine.driver().allocatePaging(claimed.formats().get(0));
            checks.refused(
                    machine.platform().record("nested domain", () -> machine.driver()
                            .allocateNested(parent, new NestedConfig(0x1000, 4, Map.of()))),
                    "a nested domain, which is not claimed,",
                    UNSUPPORTED);
            parent.free();
        }
    }

    private void pasids(Machine machine, DriverCapabilities claimed, Checks checks) {
        if (claimed.has(Capability.PASID) || claimed.formats().isEmpty()) {
            return;
        }
        TestDevice device = machine.probe("device-a", 0x0020);
        if (device.device().maxPasids() != 0) {
            checks.add(Finding.of(
                    Rule.DRV_20,
                    -1,
                    "no PASID on a device behind an IOMMU without",
                    device.device().maxPasids() + " PASIDs"));
        }
        IommuDomain domain = machine.driver().allocatePaging(claimed.formats().get(0));
        checks.refused(
                machine.platform()
                        .record(
                                "attach to a PASID",
                                () -> domain.setDevPasid(
                                        device.device(),
                                        Pasid.of(5),
                                        machine.blocked().domain())),
                "a PASID on hardware without",
                NO_PASID);
        domain.free();
        if (claimed.onPasid().contains(DomainType.PAGING)) {
            checks.add(Finding.of(
                    Rule.DRV_20,
                    -1,
                    "no domain type on PASIDs",
                    claimed.onPasid().toString()));
        }
    }
}
