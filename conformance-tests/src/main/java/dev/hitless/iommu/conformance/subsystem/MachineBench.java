package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.SequentialOutcomes;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.SharedAddressSpace;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Bystanders;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variant;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.conformance.trace.SharedState;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A bench over a real driver on a machine. Each change that the driver is asked for is recorded and judged by itself, with
 * all other devices and PASIDs as bystanders: so a roll-back is judged call by call, on real tables.
 */
public final class MachineBench implements Bench {
    private static final int ATS_QUEUE_DEPTH = 32;

    /** A command that failed and was sent again looks like two, one of which nobody waited for. */
    private static final Set<Rule> OF_COMMANDS = EnumSet.of(Rule.DRV_13, Rule.DRV_16);

    private final Machine machine;
    private final Judge judge;
    private final TappedDriver tap;
    private final Map<IommuDevice, TestDevice> devices = new IdentityHashMap<>();
    private final Map<IommuDomain, ModelledDomain> domains = new IdentityHashMap<>();
    private final List<IommuDomain> onPasid = new ArrayList<>();
    private final List<IommuDomain> withoutPasid = new ArrayList<>();
    private final List<SharedAddressSpace> addressSpaces = new ArrayList<>();
    private final DriverLock handover;
    private final IommuDomain foreign = new ForeignDomain();
    private final List<Finding> findings = new ArrayList<>();
    private Consumer<PageRequest> receiver = request -> {};
    private Optional<Operation> evidence = Optional.empty();
    private boolean judging = true;
    private int delivered;
    private int traces;
    private long observations;

    /** A machine of its own, with the domains of {@code choice}. */
    public MachineBench(Target target, Variant variant, Judge judge, DomainChoice choice) {
        this.machine = target.machine(variant);
        this.judge = judge;
        this.handover = machine.platform().locks().create("bench.page-request-handover", "page requests");
        this.tap = new TappedDriver(machine.driver());
        tap.carriedBy(this::carryOut);
        tap.afterwards(this::deliver);
        tap.whenSharing(
                (space, domain) -> domains.put(tap.tapped(domain), machine.adopt((SharedAddressSpace) space, domain)));
        domains.put(tap.blockedDomain(), machine.blocked());
        for (DomainKind kind : List.of(choice.first(), choice.second(), choice.first())) {
            onPasid.add(add(kind));
        }
        for (int i = 0; i < 2; i++) {
            withoutPasid.add(add(choice.withoutPasid()));
        }
    }

    private IommuDomain add(DomainKind kind) {
        ModelledDomain domain = machine.domain(kind);
        IommuDomain tapped = tap.tapped(domain.domain());
        domains.put(tapped, domain);
        return tapped;
    }

    /** Hands over what the driver has reported since the last time; what another thread has taken was handed over then. */
    private void deliver() {
        handover.with(this::handOver);
    }

    private void handOver() {
        List<PageRequest> all = machine.platform().pageRequests();
        List<PageRequest> news = all.subList(delivered, all.size());
        delivered = all.size();
        news.forEach(request -> receiver.accept(request));
    }

    /** The platform that the driver works on. */
    public RecordingPlatform platform() {
        return machine.platform();
    }

    /**
     * Records {@code operation} of the subsystem as one, whatever calls it makes of the driver.
     *
     * @param devicesMeant whose requests of {@code pasid} it is about
     * @param after what stands behind them afterwards
     * @param promise what DMA is promised
     */
    public Operation record(
            Runnable operation,
            List<IommuDevice> devicesMeant,
            Pasid pasid,
            IommuDomain after,
            ReplaceGuarantee promise) {
        ModelledDomain replacement = modelled(after);
        List<Watched> streams = new ArrayList<>();
        for (IommuDevice device : devicesMeant) {
            ModelledDomain before = machine.attached(test(device), pasid);
            for (Stream stream : test(device).streams(pasid)) {
                streams.add(new Watched(stream, true, before::expected, replacement::expected));
            }
        }
        boolean judged = judging;
        judging = false;
        Recording recording = machine.platform().record("replace of the group's domain by " + after.name(), operation);
        judging = judged;
        traces++;
        return new Operation(recording.trace(), streams, Content.probes(machine.domains()), promise);
    }

    @Override
    public ReplaceGuarantee promise(IommuDevice device, Pasid pasid, IommuDomain replacement) {
        return machine.promise(test(device), pasid, modelled(replacement));
    }

    private void carryOut(DriverCall call, Runnable action) {
        TestDevice device = devices.get(call.device());
        ModelledDomain target = domains.get(call.target());
        if (device == null || target == null) {
            action.run();
            return;
        }
        try {
            if (judging && machine.attached(device, call.pasid()) != target) {
                judge(call, device, target, action);
            } else {
                action.run();
            }
        } finally {
            note(call.device(), device, call.pasid());
        }
    }

    private void judge(DriverCall call, TestDevice device, ModelledDomain target, Runnable action) {
        List<Watched> streams = Bystanders.around(machine, device, call.pasid(), target);
        ReplaceGuarantee promise = machine.promise(device, call.pasid(), target);
        int faults = failed().size();
        Recording recording = machine.platform().record(call.toString(), action);
        traces++;
        if (recording.failure().isPresent()) {
            // What DMA may see of a call that fails is a rule of its own, DRV-08.
            throw recording.failure().get();
        }
        Operation operation = new Operation(recording.trace(), streams, Content.probes(machine.domains()), promise);
        Judgement judgement = judge.judge(operation);
        observations += judgement.observations();
        if (findings.isEmpty()) {
            evidence = Optional.of(operation);
        }
        boolean triedAgain = failed().size() > faults;
        judgement.findings().stream()
                .filter(finding -> !(triedAgain && OF_COMMANDS.contains(finding.rule())))
                .forEach(findings::add);
    }

    /** The driver's record says whether a change took place; after a fault below it, DMA says whether it had to fence. */
    private void note(IommuDevice tapped, TestDevice device, Pasid pasid) {
        IommuDomain now = tap.attachments(tapped).getOrDefault(pasid, tap.blockedDomain());
        boolean fenced = !failed().isEmpty() && isBlocked(tapped, pasid);
        machine.note(device, pasid, fenced ? machine.blocked() : modelled(now));
    }

    private ModelledDomain modelled(IommuDomain domain) {
        ModelledDomain found = domains.get(domain);
        if (found == null) {
            throw new IllegalStateException("domain " + domain.name() + " is not one of this bench");
        }
        return found;
    }

    private TestDevice test(IommuDevice device) {
        TestDevice found = devices.get(device);
        if (found == null) {
            throw new IllegalStateException("device " + device.name() + " is not one of this bench");
        }
        return found;
    }

    @Override
    public TappedDriver driver() {
        return tap;
    }

    @Override
    public Locks locks() {
        return machine.platform().locks();
    }

    @Override
    public List<String> heldLocks() {
        return machine.platform().record("look at the locks", () -> {}).locksHeld();
    }

    @Override
    public IommuDomain onPasid(int number) {
        return onPasid.get(number);
    }

    @Override
    public IommuDomain withoutPasid(int number) {
        return withoutPasid.get(number);
    }

    @Override
    public Optional<AddressSpace> addressSpace(int number) {
        if (!DomainKind.offered(machine.driver().capabilities(), true).contains(DomainKind.SVA)) {
            return Optional.empty();
        }
        while (addressSpaces.size() <= number) {
            addressSpaces.add(machine.addressSpace(machine.domains().size() + addressSpaces.size()));
        }
        return Optional.of(addressSpaces.get(number));
    }

    @Override
    public void die(AddressSpace space) {
        ((SharedAddressSpace) space).release();
    }

    @Override
    public IommuDomain foreign() {
        return foreign;
    }

    @Override
    public DeviceDescription describe(String name, int requesterId, int pasidBits, boolean pageRequests) {
        return new DeviceDescription(
                name,
                List.of(requesterId),
                pasidBits,
                true,
                ATS_QUEUE_DEPTH,
                pageRequests,
                machine.platform().function(name));
    }

    @Override
    public void added(IommuDevice device) {
        TestDevice known = machine.adopt(TappedDriver.real(device));
        devices.put(device, known);
        tap.attachments(device).forEach((pasid, domain) -> machine.note(known, pasid, modelled(domain)));
    }

    @Override
    public void removed(IommuDevice device) {
        machine.forget(test(device));
        devices.remove(device);
    }

    @Override
    public void deliverPageRequests(Consumer<PageRequest> newReceiver) {
        receiver = newReceiver;
    }

    @Override
    public boolean sendPageRequest(IommuDevice device, Pasid pasid, int group, boolean last) {
        return machine.platform()
                .model()
                .pageRequest(
                        device.description().primaryRequesterId(),
                        pasid.isNone() ? DmaRequest.NO_PASID : pasid.value(),
                        group,
                        last,
                        0x1000,
                        true,
                        false);
    }

    @Override
    public List<PageResponse> answers() {
        return machine.platform().pageResponses();
    }

    @Override
    public void failCall(int n) {
        machine.platform().faults().arm(n);
    }

    @Override
    public List<String> failed() {
        return machine.platform().faults().injected();
    }

    @Override
    public Optional<String> mismatch(IommuDevice device, Pasid pasid, IommuDomain meant) {
        IommuDomain actual = tap.attachments(device).getOrDefault(pasid, tap.blockedDomain());
        if (!actual.equals(meant)) {
            return Optional.of("the driver has " + actual.name() + " there");
        }
        return dmaMismatch(test(device), pasid, modelled(meant));
    }

    private Optional<String> dmaMismatch(TestDevice device, Pasid pasid, ModelledDomain domain) {
        Recording look = machine.platform().record("look at the tables", () -> {});
        ImageReader tables = new ImageReader(look.trace().after());
        for (Stream stream : device.streams(pasid)) {
            for (long iova : Content.probes(machine.domains())) {
                Expected expected = domain.expected(iova, false);
                Outcome outcome = tables.outcome(look.trace().walker(), stream.request(iova, false, false));
                if (!expected.matches(outcome)) {
                    return Optional.of(
                            "a read of 0x" + Long.toHexString(iova) + " meets " + outcome + " instead of " + expected);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean isBlocked(IommuDevice device, Pasid pasid) {
        return dmaMismatch(test(device), pasid, machine.blocked()).isEmpty();
    }

    @Override
    public List<Finding> driverFindings() {
        return List.copyOf(findings);
    }

    /** The call to look at: the first one with a finding, else the last. */
    @Override
    public Optional<Operation> evidence() {
        return evidence;
    }

    @Override
    public int traces() {
        return traces;
    }

    @Override
    public void judgeNothing() {
        judging = false;
    }

    @Override
    public Overlapped overlap(
            List<NamedOperation> operations, Interleaver interleaver, LockOrder order, SharedState shared) {
        judging = false;
        return Overlapped.of(machine.platform().recordOverlapping(operations, interleaver, order, shared));
    }

    /** Requests of {@code device} with {@code pasid}. */
    public List<Stream> streams(IommuDevice device, Pasid pasid) {
        return test(device).streams(pasid);
    }

    /** Everybody who has something attached now. */
    public Set<Stream> streams() {
        return machine.streams().keySet();
    }

    /** Notes what requests meet now, when the operations {@code done} are over. */
    public void noteState(SequentialOutcomes outcomes, int done) {
        Map<Stream, Object> attached = new HashMap<>();
        machine.streams().forEach((stream, domain) -> attached.put(stream, domain.colour()));
        outcomes.add(
                done, machine.platform().record("look at the tables", () -> {}).trace(), attached);
    }

    @Override
    public long observations() {
        return observations;
    }

    @Override
    public Map<String, Long> tearDown() {
        machine.tearDown();
        long left = machine.platform().allocatedBytes();
        return left == 0 ? Map.of() : Map.of("bytes of memory", left);
    }
}
