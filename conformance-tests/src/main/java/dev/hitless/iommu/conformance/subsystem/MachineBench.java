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
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.SequentialOutcomes;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.SharedAddressSpace;
import dev.hitless.iommu.conformance.observe.Stream;
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
import java.util.HashMap;
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

    private final Machine machine;
    private final TappedDriver tap;
    private final BenchDomains domains;
    private final BenchDevices devices;
    private final JudgedCalls calls;
    private final List<IommuDomain> onPasid = new ArrayList<>();
    private final List<IommuDomain> withoutPasid = new ArrayList<>();
    private final DriverLock handover;
    private final IommuDomain foreign = new ForeignDomain();
    private Consumer<PageRequest> receiver = request -> {};
    private int delivered;

    /** A machine of its own, with the domains of {@code choice}. */
    public MachineBench(Target target, Variant variant, Judge judge, DomainChoice choice) {
        this.machine = target.machine(variant);
        this.handover = machine.platform().locks().create("bench.page-request-handover", "page requests");
        this.tap = new TappedDriver(machine.driver());
        this.domains = new BenchDomains(machine, tap);
        this.devices = new BenchDevices(machine, tap, domains);
        this.calls = new JudgedCalls(machine, judge, domains, devices);
        tap.carriedBy(calls);
        tap.afterwards(this::deliver);
        for (DomainKind kind : List.of(choice.first(), choice.second(), choice.first())) {
            onPasid.add(domains.make(kind));
        }
        for (int i = 0; i < 2; i++) {
            withoutPasid.add(domains.make(choice.withoutPasid()));
        }
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
        ModelledDomain replacement = domains.modelled(after);
        List<Watched> streams = new ArrayList<>();
        for (IommuDevice device : devicesMeant) {
            ModelledDomain before = machine.attached(devices.test(device), pasid);
            for (Stream stream : streams(device, pasid)) {
                streams.add(new Watched(stream, true, before::expected, replacement::expected));
            }
        }
        Recording recording = calls.recordAsOne("replace of the group's domain by " + after.name(), operation);
        return new Operation(recording.trace(), streams, Content.probes(machine.domains()), promise);
    }

    @Override
    public ReplaceGuarantee promise(IommuDevice device, Pasid pasid, IommuDomain replacement) {
        return machine.promise(devices.test(device), pasid, domains.modelled(replacement));
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
        return domains.addressSpace(number);
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
        devices.added(device);
    }

    @Override
    public void removed(IommuDevice device) {
        devices.removed(device);
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
        IommuDomain actual = devices.inForce(device, pasid);
        return actual.equals(meant)
                ? devices.mismatch(device, pasid, domains.modelled(meant))
                : Optional.of("the driver has " + actual.name() + " there");
    }

    @Override
    public boolean isBlocked(IommuDevice device, Pasid pasid) {
        return devices.isBlocked(device, pasid);
    }

    @Override
    public List<Finding> driverFindings() {
        return calls.findings();
    }

    /** The call to look at: the first one with a finding, else the last. */
    @Override
    public Optional<Operation> evidence() {
        return calls.evidence();
    }

    @Override
    public int traces() {
        return calls.traces();
    }

    @Override
    public void judgeNothing() {
        calls.stop();
    }

    @Override
    public Overlapped overlap(
            List<NamedOperation> operations, Interleaver interleaver, LockOrder order, SharedState shared) {
        calls.stop();
        return Overlapped.of(machine.platform().recordOverlapping(operations, interleaver, order, shared));
    }

    /** Requests of {@code device} with {@code pasid}. */
    public List<Stream> streams(IommuDevice device, Pasid pasid) {
        return devices.test(device).streams(pasid);
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
        return calls.observations();
    }

    @Override
    public Map<String, Long> tearDown() {
        machine.tearDown();
        long left = machine.platform().allocatedBytes();
        return left == 0 ? Map.of() : Map.of("bytes of memory", left);
    }
}
