package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.platform.ModelledPlatform;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A hardware model, a platform and a driver, with devices and domains whose translations are known beforehand. Scenarios
 * set it up, on the recording platform, then record the operation that they are about. What is to be run by real threads
 * is set up on a platform that keeps no record.
 */
public final class Machine {
    private static final int PASID_BITS = 20;
    private static final int ATS_QUEUE_DEPTH = 32;

    private final ModelledPlatform platform;
    private final Optional<RecordingPlatform> recording;
    private final IommuDriver driver;
    private final DomainFactory factory;
    private final ModelledDomain blocked;
    private final List<TestDevice> devices = new ArrayList<>();
    private final List<ModelledDomain> domains = new ArrayList<>();
    private final List<SharedAddressSpace> addressSpaces = new ArrayList<>();

    /** Brings the driver up on the hardware, on the recording platform. */
    public Machine(
            HardwareModelProvider hardware,
            HardwareConfiguration configuration,
            IommuDriverProvider provider,
            boolean store128) {
        this(
                new RecordingPlatform(hardware, configuration, store128),
                provider,
                told(hardware.options(), configuration));
    }

    private Machine(RecordingPlatform platform, IommuDriverProvider provider, DriverOptions options) {
        this(platform, Optional.of(platform), provider.create(platform, options));
    }

    /**
     * A machine without a record, and nothing of it yet.
     *
     * @param driver is up on {@code platform}
     */
    public Machine(ModelledPlatform platform, IommuDriver driver) {
        this(platform, Optional.empty(), driver);
    }

    private Machine(ModelledPlatform platform, Optional<RecordingPlatform> recording, IommuDriver driver) {
        this.platform = platform;
        this.recording = recording;
        this.driver = driver;
        this.factory = new DomainFactory(platform, driver);
        this.blocked = factory.make(DomainKind.BLOCKED, 0);
    }

    /** What the driver has to be told of the hardware, where it is not as usual. */
    private static DriverOptions told(List<HardwareOption> options, HardwareConfiguration configuration) {
        return new DriverOptions(options.stream()
                .filter(option -> option.use() == HardwareOption.Use.TOLD)
                .filter(option -> !configuration.value(option.name()).equals(option.defaultValue()))
                .collect(Collectors.toMap(HardwareOption::name, option -> configuration.value(option.name()))));
    }

    /** The platform. Throws where no record is kept. */
    public RecordingPlatform platform() {
        return recording.orElseThrow(() -> new IllegalStateException("this machine keeps no record"));
    }

    /** Where the driver's locks come from, and those of whatever else has some. */
    public Locks locks() {
        return platform.locks();
    }

    /** The driver. */
    public IommuDriver driver() {
        return driver;
    }

    /** The blocked domain. */
    public ModelledDomain blocked() {
        return blocked;
    }

    /** Devices so far. */
    public List<TestDevice> devices() {
        return List.copyOf(devices);
    }

    /** Domains made so far. */
    public List<ModelledDomain> domains() {
        return List.copyOf(domains);
    }

    /** Probes a device with everything that a PCI function can have, except that it sends no page requests. */
    public TestDevice probe(String name, int requesterId) {
        return probe(name, List.of(requesterId));
    }

    /** The same for a device whose requests carry several ids. */
    public TestDevice probe(String name, List<Integer> requesterIds) {
        return probe(description(name, requesterIds, false));
    }

    /** Probes a device with everything that a PCI function can have. */
    public TestDevice probeWithPageRequests(String name, int requesterId) {
        return probe(description(name, requesterId, true));
    }

    /** A device with everything that a PCI function can have. */
    public DeviceDescription description(String name, int requesterId, boolean pageRequests) {
        return description(name, List.of(requesterId), pageRequests);
    }

    /** The same for a device whose requests carry several ids. */
    public DeviceDescription description(String name, List<Integer> requesterIds, boolean pageRequests) {
        return new DeviceDescription(
                name, requesterIds, PASID_BITS, true, ATS_QUEUE_DEPTH, pageRequests, platform.function(name));
    }

    /** Probes a device. */
    public TestDevice probe(DeviceDescription description) {
        platform.connect(description.name(), description.requesterIds());
        return adopt(driver.probe(description));
    }

    /** Notes a device that the driver was asked to probe by other means. */
    public TestDevice adopt(IommuDevice probed) {
        TestDevice device = new TestDevice(probed);
        devices.add(device);
        return device;
    }

    /** Notes that the driver was asked to release a device by other means. */
    public void forget(TestDevice device) {
        devices.remove(device);
    }

    /** A new domain; for kinds of which there is only one, that one. */
    public ModelledDomain domain(DomainKind kind) {
        if (kind.equals(DomainKind.BLOCKED)) {
            return blocked;
        }
        for (ModelledDomain known : domains) {
            if (!kind.hasInstances() && known.kind().equals(kind)) {
                return known;
            }
        }
        ModelledDomain made = factory.make(kind, domains.size());
        domains.add(made);
        return made;
    }

    /**
     * An address space, for domains that the driver is asked to make by other means.
     *
     * @param colour decides output addresses and what is mapped; 0..15, of no domain of this machine
     */
    public SharedAddressSpace addressSpace(int colour) {
        SharedAddressSpace space = factory.addressSpace(colour);
        addressSpaces.add(space);
        return space;
    }

    /** Notes a domain that the driver was asked to make for {@code space} by other means, and will be asked to free. */
    public ModelledDomain adopt(SharedAddressSpace space, IommuDomain made) {
        return factory.sharing(space, DomainKind.SVA, made, made::free);
    }

    /** What is attached. */
    public ModelledDomain attached(TestDevice device, Pasid pasid) {
        return device.attached().getOrDefault(pasid, blocked);
    }

    /** What the driver promises for a change. */
    public ReplaceGuarantee promise(TestDevice device, Pasid pasid, ModelledDomain replacement) {
        return driver.replaceGuarantee(
                device.device(), pasid, attached(device, pasid).domain(), replacement.domain());
    }

    /** Sets a domain, as part of setting up. Exceptions pass through. */
    public void set(TestDevice device, Pasid pasid, ModelledDomain domain) {
        ModelledDomain old = attached(device, pasid);
        if (old != domain) {
            domain.domain().setDevPasid(device.device(), pasid, old.domain());
            note(device, pasid, domain);
        }
    }

    /** Sets a domain and records it. */
    public Recording recordSet(TestDevice device, Pasid pasid, ModelledDomain domain) {
        return recordSet(device, pasid, domain, attached(device, pasid));
    }

    /** As {@link #recordSet(TestDevice, Pasid, ModelledDomain)}, of a caller who says that {@code old} is attached. */
    public Recording recordSet(TestDevice device, Pasid pasid, ModelledDomain domain, ModelledDomain old) {
        Recording recording = platform()
                .record(device + " " + pasid + ": " + old + " -> " + domain, () -> domain.domain()
                        .setDevPasid(device.device(), pasid, old.domain()));
        if (recording.failure().isEmpty()) {
            note(device, pasid, domain);
        }
        return recording;
    }

    /** From now on the driver is meant to say that nothing is behind {@code pasid}: it had to fence it. */
    public void noteFenced(TestDevice device, Pasid pasid) {
        device.attached().remove(pasid);
    }

    /** Frees a domain that is attached nowhere, before everything else is taken down. Exceptions pass through. */
    public void free(ModelledDomain domain) {
        domain.free();
        domains.remove(domain);
    }

    /** Probes a device and records it. */
    public Recording recordProbe(DeviceDescription description) {
        return platform().record("probe " + description.name(), () -> probe(description));
    }

    /** Releases a device, whatever is attached to it, and records that. */
    public Recording recordRelease(TestDevice device) {
        Recording recording = platform().record("release " + device, () -> driver.release(device.device()));
        if (recording.failure().isEmpty()) {
            devices.remove(device);
        }
        return recording;
    }

    /** Notes that the driver was asked to set a domain by other means. */
    public void note(TestDevice device, Pasid pasid, ModelledDomain domain) {
        if (domain == blocked) {
            device.attached().remove(pasid);
        } else {
            device.attached().put(pasid, domain);
        }
    }

    /** What the driver should say is attached to {@code device}. */
    public Map<Pasid, IommuDomain> meant(TestDevice device) {
        Map<Pasid, IommuDomain> meant = new TreeMap<>();
        device.attached().forEach((pasid, domain) -> meant.put(pasid, domain.domain()));
        return meant;
    }

    /** Every stream that a domain stands behind, with it. */
    public Map<Stream, ModelledDomain> streams() {
        Map<Stream, ModelledDomain> streams = new HashMap<>();
        for (TestDevice device : devices) {
            device.attached()
                    .forEach((pasid, domain) -> device.streams(pasid).forEach(stream -> streams.put(stream, domain)));
        }
        return streams;
    }

    /** Takes everything down. Afterwards nothing may be allocated. */
    public void tearDown() {
        for (TestDevice device : devices) {
            for (Pasid pasid : List.copyOf(device.attached().keySet())) {
                set(device, pasid, blocked);
            }
            driver.release(device.device());
        }
        devices.clear();
        domains.forEach(ModelledDomain::free);
        domains.clear();
        addressSpaces.forEach(space -> space.table().free());
        addressSpaces.clear();
        driver.shutDown();
    }
}
