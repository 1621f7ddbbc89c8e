package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.RetainedCopies;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A domain is detached and freed. Its ids go on to another domain, which may come upon whatever is still cached under them;
 * that is met by nobody before. So what is looked at is not what requests meet but what hardware may have kept: of each entry
 * whose memory goes, a guest's own tables included, every copy has been dropped by then, under the tag that it is kept under.
 */
final class FreedScenario implements Scenario {
    private final Target target;
    private final Variant variant;
    private final DomainKind kind;
    private final boolean withPasid;

    FreedScenario(Target target, Variant variant, DomainKind kind, boolean withPasid) {
        this.target = target;
        this.variant = variant;
        this.kind = kind;
        this.withPasid = withPasid;
    }

    @Override
    public String name() {
        return (withPasid ? "pasid/" : "rid/") + kind + "/freed/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_06, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        Machine machine = target.machine(variant);
        TestDevice device = machine.probe("device-a", List.of(0x0020, 0x00A0));
        ModelledDomain domain = machine.domain(kind);
        Pasid pasid = withPasid ? Pasid.of(0x5) : Pasid.NONE;
        if (machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            return ScenarioResult.notApplicable("the driver refuses " + kind + " for " + device);
        }
        machine.set(device, pasid, domain);
        Set<RetainedCopies.Copy> copies = copies(machine, device, pasid, domain);
        Recording recording = machine.platform().record(domain + ": detached and freed", () -> {
            machine.set(device, pasid, machine.blocked());
            machine.free(domain);
        });
        Checks checks = new Checks();
        checks.saw(recording);
        recording
                .failure()
                .ifPresent(failure -> checks.add(Finding.of(
                        Rule.DRV_06,
                        recording.trace().end(),
                        "it can be detached and freed",
                        String.valueOf(failure))));
        checks.addAll(leftovers(recording.trace(), copies));
        checks.tornDownClean(machine);
        return checks.result();
    }

    /** Those of all that the device can ask for. */
    private static Set<RetainedCopies.Copy> copies(
            Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        Trace now = machine.platform().record("nothing", () -> {}).trace();
        List<Stream> streams = new ArrayList<>(device.streams(pasid));
        if (pasid.isNone()) {
            streams.addAll(device.streams(domain.guestPasids(), domain.guestPasids()));
        }
        RetainedCopies copies = new RetainedCopies(now.after());
        for (Stream stream : streams) {
            for (long iova : Content.probes(List.of(domain))) {
                copies.add(now.walker(), stream.request(iova, false, false));
            }
        }
        return copies.copies();
    }

    private static List<Finding> leftovers(Trace trace, Set<RetainedCopies.Copy> copies) {
        List<Finding> findings = new ArrayList<>();
        Map<Integer, Invalidation> sent = new HashMap<>();
        List<Invalidation> complete = new ArrayList<>();
        for (int i = 0; i < trace.events().size(); i++) {
            TraceEvent event = trace.events().get(i);
            if (event instanceof TraceEvent.Submitted submitted) {
                sent.put(submitted.number(), submitted.invalidation());
            } else if (event instanceof TraceEvent.Observed observed) {
                Optional.ofNullable(sent.get(observed.number())).ifPresent(complete::add);
            } else if (event instanceof TraceEvent.Free free) {
                for (RetainedCopies.Copy copy : copies) {
                    if (isIn(free, copy) && complete.stream().noneMatch(done -> drops(done, copy))) {
                        findings.add(Finding.of(
                                Rule.DRV_06,
                                i,
                                "nothing is cached of memory that goes, under whatever tag",
                                "what was read at 0x" + Long.toHexString(copy.address()) + " may be in the "
                                        + copy.cache().name() + " under tag 0x" + Long.toHexString(copy.tag())));
                    }
                }
            }
        }
        return findings;
    }

    private static boolean isIn(TraceEvent.Free free, RetainedCopies.Copy copy) {
        return Long.compareUnsigned(copy.address() - free.address(), free.lengthBytes()) < 0;
    }

    private static boolean drops(Invalidation invalidation, RetainedCopies.Copy copy) {
        return invalidation.covers(copy.cache(), copy.tag(), copy.firstAddress(), copy.lengthBytes());
    }
}
