package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Stands between a subsystem and its driver, and is the driver for the subsystem: notes down every change that is asked
 * for, lets somebody look around from inside it, and makes it fail before the driver hears of it, when so told. The
 * subsystem sees devices and domains of this driver only; the driver sees its own only.
 */
public final class TappedDriver implements IommuDriver {
    /** Carries a call out; may watch what the driver does. */
    @FunctionalInterface
    interface Carrier {
        /** Runs {@code action}, which is {@code call}, and lets its exception through. */
        void carryOut(DriverCall call, Runnable action);
    }

    private final IommuDriver driver;
    private final Map<IommuDomain, IommuDomain> domains = new IdentityHashMap<>();
    private final Map<IommuDevice, IommuDevice> devices = new IdentityHashMap<>();
    private final List<DriverCall> calls = new ArrayList<>();
    private final List<PageResponse> responses = new ArrayList<>();
    private final List<IommuDomain> shared = new ArrayList<>();
    private Set<DomainType> withheld = EnumSet.noneOf(DomainType.class);
    private Function<DriverCall, Optional<RuntimeException>> script = call -> Optional.empty();
    private Consumer<DriverCall> inside = call -> {};
    private Consumer<DriverCall> done = call -> {};
    private Runnable points = () -> {};
    private Carrier carrier = (call, action) -> action.run();
    private Runnable afterwards = () -> {};
    private BiConsumer<AddressSpace, IommuDomain> sharing = (space, domain) -> {};

    /** A tap on {@code driver}. */
    public TappedDriver(IommuDriver driver) {
        this.driver = driver;
    }

    /** The calls since the last time. */
    public List<DriverCall> takeCalls() {
        List<DriverCall> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /** Every answer to page requests that the driver was asked to give, so far. */
    public List<PageResponse> responses() {
        return List.copyOf(responses);
    }

    /** From now on kinds of domains that the driver says it cannot put anywhere. */
    public void withhold(Set<DomainType> types) {
        withheld = types.isEmpty() ? EnumSet.noneOf(DomainType.class) : EnumSet.copyOf(types);
    }

    /** From now on, says which calls fail, and how. The driver does not hear of those. */
    public void script(Function<DriverCall, Optional<RuntimeException>> whichFail) {
        script = whichFail;
    }

    /** From now on, {@code listener} is run inside every call, before the driver acts. */
    public void whenInside(Consumer<DriverCall> listener) {
        inside = listener;
    }

    /** From now on, {@code listener} is run after every call that succeeded, right when the driver has acted. */
    public void whenDone(Consumer<DriverCall> listener) {
        done = listener;
    }

    /** From now on, {@code point} is run where a driver that has hardware would let others have their turn. */
    void points(Runnable point) {
        points = point;
    }

    void carriedBy(Carrier how) {
        carrier = how;
    }

    /** From now on, {@code action} is run when the driver has had its turn, before the subsystem goes on. */
    void afterwards(Runnable action) {
        afterwards = action;
    }

    /** From now on, {@code listener} is told of every domain of the driver's own that was made for an address space. */
    void whenSharing(BiConsumer<AddressSpace, IommuDomain> listener) {
        sharing = listener;
    }

    /** Domains that were made for address spaces and not freed yet. */
    public List<IommuDomain> sharedDomains() {
        return List.copyOf(shared);
    }

    /** What the subsystem sees instead of the driver's {@code domain}. */
    public IommuDomain tapped(IommuDomain domain) {
        return domains.computeIfAbsent(domain, real -> new TappedDomain(this, real));
    }

    /** The driver's own device. */
    static IommuDevice real(IommuDevice device) {
        return ((TappedDevice) device).real();
    }

    void set(TappedDomain target, IommuDevice device, Pasid pasid, IommuDomain old) {
        DriverCall call = new DriverCall(device, pasid, old, target, Optional.empty());
        int place = calls.size();
        calls.add(call);
        try {
            points.run();
            inside.accept(call);
            Optional<RuntimeException> scripted = script.apply(call);
            if (scripted.isPresent()) {
                throw scripted.get();
            }
            carrier.carryOut(call, () -> target.real().setDevPasid(real(device), pasid, ((TappedDomain) old).real()));
            done.accept(call);
            points.run();
        } catch (RuntimeException thrown) {
            calls.set(place, call.failed(thrown));
            throw thrown;
        } finally {
            afterwards.run();
        }
    }

    @Override
    public DriverCapabilities capabilities() {
        DriverCapabilities claimed = driver.capabilities();
        return new DriverCapabilities(
                claimed.capabilities(),
                claimed.formats(),
                claimed.pasidBits(),
                without(claimed.onPasid()),
                without(claimed.withoutPasid()));
    }

    private Set<DomainType> without(Set<DomainType> types) {
        Set<DomainType> left = EnumSet.noneOf(DomainType.class);
        types.stream().filter(type -> !withheld.contains(type)).forEach(left::add);
        return left;
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        IommuDevice real = driver.probe(description);
        return devices.computeIfAbsent(real, device -> new TappedDevice(this, device));
    }

    @Override
    public void release(IommuDevice device) {
        points.run();
        driver.release(real(device));
        afterwards.run();
        devices.remove(real(device));
    }

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        throw new IommuException(
                Errno.EOPNOTSUPP, "a tap makes no paging domain; have the driver make it, and tap that");
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        return tapped(driver.allocateNested(parent, config));
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        points.run();
        IommuDomain real = driver.allocateSva(addressSpace);
        shared.add(tapped(real));
        sharing.accept(addressSpace, real);
        return tapped(real);
    }

    void free(TappedDomain domain) {
        points.run();
        domain.real().free();
        shared.remove(domain);
        domains.remove(domain.real());
    }

    @Override
    public IommuDomain identityDomain() {
        return tapped(driver.identityDomain());
    }

    @Override
    public IommuDomain blockedDomain() {
        return tapped(driver.blockedDomain());
    }

    @Override
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacement) {
        return driver.replaceGuarantee(
                real(device), pasid, ((TappedDomain) old).real(), ((TappedDomain) replacement).real());
    }

    @Override
    public Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        Map<Pasid, IommuDomain> attachments = new TreeMap<>();
        driver.attachments(real(device)).forEach((pasid, domain) -> attachments.put(pasid, tapped(domain)));
        return attachments;
    }

    @Override
    public void serviceEvents() {
        points.run();
        driver.serviceEvents();
        points.run();
        afterwards.run();
    }

    @Override
    public void respond(PageResponse response) {
        points.run();
        responses.add(response);
        driver.respond(response);
    }

    @Override
    public void shutDown() {
        driver.shutDown();
    }
}
