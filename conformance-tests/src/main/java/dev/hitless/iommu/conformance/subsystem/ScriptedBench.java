package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.AddressSpaceListener;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockName;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.TurnLocks;
import dev.hitless.iommu.conformance.schedule.Turns;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.SharedState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A bench without hardware. */
final class ScriptedBench implements Bench {
    private static final int ATS_QUEUE_DEPTH = 32;

    private final TurnLocks locks = new TurnLocks();
    private final ScriptedDriver driver = new ScriptedDriver(this::deliver, locks);
    private final TappedDriver tap = new TappedDriver(driver);
    private final List<IommuDomain> domains = new ArrayList<>();
    private final List<AddressSpace> addressSpaces = List.of(new EmptySpace("space-0"), new EmptySpace("space-1"));
    private final IommuDomain foreign = new ForeignDomain();
    private Consumer<PageRequest> receiver = request -> {};

    ScriptedBench() {
        for (int i = 0; i < 5; i++) {
            domains.add(tap.tapped(driver.domain()));
        }
    }

    private void deliver(PageRequest request) {
        receiver.accept(request);
    }

    @Override
    public TappedDriver driver() {
        return tap;
    }

    @Override
    public Locks locks() {
        return locks;
    }

    @Override
    public List<String> heldLocks() {
        return locks.held().stream().map(LockName::toString).toList();
    }

    @Override
    public IommuDomain onPasid(int number) {
        return domains.get(number);
    }

    @Override
    public IommuDomain withoutPasid(int number) {
        return domains.get(3 + number);
    }

    @Override
    public Optional<AddressSpace> addressSpace(int number) {
        return Optional.of(addressSpaces.get(number));
    }

    @Override
    public void die(AddressSpace space) {
        ((EmptySpace) space).die();
    }

    @Override
    public IommuDomain foreign() {
        return foreign;
    }

    @Override
    public DeviceDescription describe(String name, int requesterId, int pasidBits, boolean pageRequests) {
        return new DeviceDescription(
                name, List.of(requesterId), pasidBits, true, ATS_QUEUE_DEPTH, pageRequests, new NoFunction());
    }

    @Override
    public void added(IommuDevice device) {
        // The driver's own record is all that is looked at.
    }

    @Override
    public void removed(IommuDevice device) {
        // As above.
    }

    @Override
    public void deliverPageRequests(Consumer<PageRequest> newReceiver) {
        receiver = newReceiver;
    }

    @Override
    public boolean sendPageRequest(IommuDevice device, Pasid pasid, int group, boolean last) {
        int requesterId = device.description().primaryRequesterId();
        driver.send(new PageRequest(requesterId, pasid, group, last, 0x1000, true, false));
        return true;
    }

    @Override
    public List<PageResponse> answers() {
        return driver.answers();
    }

    @Override
    public void failCall(int n) {
        // There is nothing below this driver that could fail.
    }

    @Override
    public List<String> failed() {
        return List.of();
    }

    @Override
    public Optional<String> mismatch(IommuDevice device, Pasid pasid, IommuDomain meant) {
        IommuDomain actual = tap.attachments(device).getOrDefault(pasid, tap.blockedDomain());
        return actual.equals(meant) ? Optional.empty() : Optional.of("the driver has " + actual.name() + " there");
    }

    @Override
    public boolean isBlocked(IommuDevice device, Pasid pasid) {
        return mismatch(device, pasid, tap.blockedDomain()).isEmpty();
    }

    @Override
    public List<Finding> driverFindings() {
        return List.of();
    }

    @Override
    public Optional<Operation> evidence() {
        return Optional.empty();
    }

    @Override
    public int traces() {
        return 0;
    }

    @Override
    public Overlapped overlap(
            List<NamedOperation> operations, Interleaver interleaver, LockOrder order, SharedState shared) {
        List<Optional<RuntimeException>> failures =
                new ArrayList<>(Collections.nCopies(operations.size(), Optional.empty()));
        List<Runnable> players = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            int number = i;
            players.add(() -> {
                try {
                    operations.get(number).action().run();
                } catch (RuntimeException thrown) {
                    failures.set(number, Optional.of(thrown));
                }
            });
        }
        locks.takeTurns(interleaver, order);
        tap.points(interleaver::point);
        Optional<String> deadlock = interleaver.play(players);
        tap.points(() -> {});
        locks.takeTurns(Turns.ALONE, new LockOrder());
        return new Overlapped(failures, locks.held(), deadlock, Optional.empty());
    }

    @Override
    public void judgeNothing() {
        // Nothing is.
    }

    @Override
    public ReplaceGuarantee promise(IommuDevice device, Pasid pasid, IommuDomain replacement) {
        return ReplaceGuarantee.HITLESS;
    }

    @Override
    public long observations() {
        return 0;
    }

    @Override
    public Map<String, Long> tearDown() {
        driver.shutDown();
        return Map.of();
    }

    /** Nothing is mapped. */
    private record EmptySpace(String name, List<AddressSpaceListener> listeners) implements AddressSpace {
        EmptySpace(String name) {
            this(name, new ArrayList<>());
        }

        void die() {
            List.copyOf(listeners).forEach(AddressSpaceListener::released);
        }

        @Override
        public long rootAddress() {
            return 0;
        }

        @Override
        public int levels() {
            return 4;
        }

        @Override
        public int addressBits() {
            return 48;
        }

        @Override
        public void addListener(AddressSpaceListener listener) {
            listeners.add(listener);
        }

        @Override
        public void removeListener(AddressSpaceListener listener) {
            listeners.remove(listener);
        }
    }

    /** Controls nothing. */
    private static final class NoFunction implements PciFunction {
        @Override
        public boolean isPresent() {
            return true;
        }

        @Override
        public void setPasidEnabled(boolean enabled) {}

        @Override
        public void setAtsEnabled(boolean enabled) {}

        @Override
        public void setPriEnabled(boolean enabled) {}
    }
}
