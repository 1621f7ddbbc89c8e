package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Attach, replace and remove in an order drawn by chance; afterwards a wrong {@code old}, and a release with leftovers. */
final class TrackingScenario implements Scenario {
    private static final int STEPS = 80;
    private static final int[] PASIDS = {0, 1, 5, 6, 0x4C5};

    private final Target target;
    private final Variant variant;
    private final long seed;

    TrackingScenario(Target target, Variant variant, long seed) {
        this.target = target;
        this.variant = variant;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "tracking/seed-0x" + Long.toHexString(seed) + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_01, Rule.DRV_05, Rule.DRV_10, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        Machine machine = target.machine(variant);
        Checks checks = new Checks();
        List<TestDevice> devices = List.of(machine.probe("device-a", 0x0020), machine.probe("device-b", 0x00A8));
        List<ModelledDomain> domains = domains(machine);
        Random random = new Random(seed);
        for (int step = 0; step < STEPS && checks.findings().isEmpty(); step++) {
            TestDevice device = devices.get(random.nextInt(devices.size()));
            Pasid pasid = Pasid.of(PASIDS[random.nextInt(PASIDS.length)]);
            ModelledDomain domain = domains.get(random.nextInt(domains.size()));
            if ((!pasid.isNone() && pasid.value() >= device.device().maxPasids())
                    || machine.attached(device, pasid) == domain
                    || machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
                continue;
            }
            Recording recording = machine.recordSet(device, pasid, domain);
            checks.saw(recording);
            check(machine, checks, recording);
        }
        if (checks.findings().isEmpty()) {
            wrongOld(machine, checks, devices.get(0), domains);
            leftovers(machine, checks, domains);
        }
        return checks.result();
    }

    /** Two of each kind that can stand somewhere, and the blocked domain twice as likely. */
    private static List<ModelledDomain> domains(Machine machine) {
        Set<DomainKind> kinds = new java.util.LinkedHashSet<>(
                DomainKind.offered(machine.driver().capabilities(), true));
        kinds.addAll(DomainKind.offered(machine.driver().capabilities(), false));
        List<ModelledDomain> domains = new ArrayList<>(List.of(machine.blocked(), machine.blocked()));
        for (DomainKind kind : kinds) {
            domains.add(machine.domain(kind));
            if (kind.hasInstances() && domains.size() < 12) {
                domains.add(machine.domain(kind));
            }
        }
        return domains;
    }

    private static void check(Machine machine, Checks checks, Recording recording) {
        int end = recording.trace().end();
        recording
                .failure()
                .ifPresent(failure ->
                        checks.add(Finding.of(Rule.DRV_10, end, "success, as promised", String.valueOf(failure))));
        checks.tracking(machine, end);
        checks.locksFree(recording);
        checks.noWarnings(machine, end);
        ImageReader tables = new ImageReader(recording.trace().after());
        long[] probes = Content.probes(machine.domains());
        machine.streams().forEach((stream, domain) -> {
            for (long iova : probes) {
                compare(checks, recording, tables, stream, domain, iova);
            }
        });
    }

    private static void compare(
            Checks checks, Recording recording, ImageReader tables, Stream stream, ModelledDomain domain, long iova) {
        DmaRequest request = stream.request(iova, false, false);
        Outcome outcome = tables.outcome(recording.trace().walker(), request);
        if (!domain.expected(iova, false).matches(outcome) && checks.findings().size() < 5) {
            checks.add(new Finding(
                    Rule.DRV_01,
                    recording.trace().end(),
                    java.util.Optional.of(request),
                    stream.toString(),
                    domain + ": " + domain.expected(iova, false),
                    outcome.toString()));
        }
    }

    /** The driver has its own record, so it notices that the caller's is wrong. */
    private static void wrongOld(Machine machine, Checks checks, TestDevice device, List<ModelledDomain> domains) {
        for (ModelledDomain domain : domains) {
            Pasid pasid = device.device().maxPasids() > 5 ? Pasid.of(0x5) : Pasid.NONE;
            machine.set(device, pasid, machine.blocked());
            if (domain == machine.blocked() || machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
                continue;
            }
            ModelledDomain claimed =
                    domains.get(domains.size() - 1) == domain ? domains.get(2) : domains.get(domains.size() - 1);
            Recording recording = machine.platform()
                    .record("set with an old domain that is not attached", () -> domain.domain()
                            .setDevPasid(device.device(), pasid, claimed.domain()));
            checks.refused(recording, "an old domain that is not attached", EnumSet.of(Errno.EINVAL));
            return;
        }
    }

    /** Released with domains attached: reported, blocked, and nothing is left. */
    private static void leftovers(Machine machine, Checks checks, List<ModelledDomain> domains) {
        TestDevice device = machine.probe("device-c", 0x0030);
        for (ModelledDomain domain : domains) {
            if (domain != machine.blocked()
                    && machine.promise(device, Pasid.NONE, domain) != ReplaceGuarantee.UNSUPPORTED) {
                machine.set(device, Pasid.NONE, domain);
                break;
            }
        }
        boolean attached = machine.attached(device, Pasid.NONE) != machine.blocked();
        Recording recording = machine.recordRelease(device);
        checks.saw(recording);
        int end = recording.trace().end();
        recording
                .failure()
                .ifPresent(failure -> checks.add(
                        Finding.of(Rule.DRV_10, end, "release with leftovers warns", String.valueOf(failure))));
        if (attached && machine.platform().warnings().isEmpty()) {
            checks.add(Finding.of(Rule.DRV_10, end, "a warning that a domain was still attached", "no warning"));
        }
        checks.tornDownClean(machine);
    }
}
