package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.qemu.board.DevicePlace;
import dev.hitless.iommu.qemu.board.EduDevice;
import dev.hitless.iommu.qemu.board.RunningBoard;
import dev.hitless.iommu.qemu.mirror.Disagreements;
import dev.hitless.iommu.qemu.mirror.MirroringPlatform;
import dev.hitless.iommu.qemu.unit.Departure;
import dev.hitless.iommu.qemu.unit.DepartureCount;
import dev.hitless.iommu.qemu.unit.EmulatedIommu;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A running QEMU, the hardware model beside it, and a driver that was brought up on both. */
public final class QemuMachine implements Closeable {
    private static final int PASID_BITS = 20;
    private static final int FRESH_PAGES = 128;
    private static final int FRESH_PAGES_WITHOUT_STORE128 = 1000;

    private final EmulatedIommu iommu;
    private final RunningBoard board;
    private final RecordingPlatform recording;
    private final MirroringPlatform platform;
    private final IommuDriver driver;
    private final TestDomain blocked;
    private final List<TestDomain> domains = new ArrayList<>();
    private final List<QemuDevice> devices = new ArrayList<>();
    private final int freshPages;
    private int colours;

    /**
     * Starts QEMU and brings the driver up.
     *
     * @param setup what with what
     * @param places where devices are; none is probed yet
     * @param store128 whether the driver may use 128-bit stores; without them operations have many more instants
     */
    QemuMachine(Setup setup, List<DevicePlace> places, boolean store128) {
        this.freshPages = store128 ? FRESH_PAGES : FRESH_PAGES_WITHOUT_STORE128;
        this.iommu = setup.iommu();
        this.board = iommu.board().start(iommu.arguments(), places);
        try {
            HardwareConfiguration configuration =
                    HardwareConfiguration.of(setup.model().options(), iommu.modelOptions());
            this.recording = new RecordingPlatform(setup.model(), configuration, store128);
            this.platform = new MirroringPlatform(recording, board.qtest(), iommu, iommu.registers(board));
            this.driver = setup.driver().create(platform, DriverOptions.DEFAULTS);
        } catch (RuntimeException failure) {
            board.close();
            throw failure;
        }
        this.blocked = TestDomain.fixed(DomainKind.BLOCKED, driver.blockedDomain());
    }

    /** How many fresh pages every domain maps: one operation can have as many instants. */
    int freshPages() {
        return freshPages;
    }

    EmulatedIommu iommu() {
        return iommu;
    }

    RunningBoard board() {
        return board;
    }

    RecordingPlatform recording() {
        return recording;
    }

    IommuDriver driver() {
        return driver;
    }

    TestDomain blocked() {
        return blocked;
    }

    Disagreements disagreements() {
        return platform.disagreements();
    }

    DepartureCount departures() {
        return platform.departures();
    }

    /** Probed devices. */
    List<QemuDevice> devices() {
        return List.copyOf(devices);
    }

    /** DMA operations so far, of all devices. */
    long transfers() {
        return board.devices().stream().mapToLong(EduDevice::transfers).sum();
    }

    /**
     * Probes the device in place number {@code index} and aims its requests at {@code pasid}, which is to be none where QEMU
     * offers no other.
     */
    QemuDevice probe(int index, Pasid pasid) {
        EduDevice edu = board.devices().get(index);
        String name = "edu-" + Integer.toHexString(edu.place().requesterId());
        int requesterId = iommu.requesterId(edu.place());
        if (requesterId != edu.place().requesterId()) {
            departures().add(Departure.BUS_0_BEHIND_BRIDGES);
        }
        QemuDevice device = new QemuDevice(
                edu,
                driver.probe(new DeviceDescription(
                        name,
                        List.of(requesterId),
                        iommu.reachesPasids() ? PASID_BITS : 0,
                        false,
                        0,
                        false,
                        recording.function(name))),
                pasid,
                blocked);
        if (!pasid.isNone()) {
            iommu.aim(board, requesterId, pasid);
        }
        devices.add(device);
        return device;
    }

    /** A new domain, with a colour of its own; for kinds of which there is only one, that one. */
    TestDomain domain(DomainKind kind) {
        if (kind.type() == DomainType.BLOCKED) {
            return blocked;
        }
        TestDomain made = kind.type() == DomainType.IDENTITY
                ? TestDomain.fixed(kind, driver.identityDomain())
                : TestDomain.paging(
                        kind,
                        colours++,
                        freshPages,
                        driver.allocatePaging(kind.format().orElseThrow()));
        domains.add(made);
        return made;
    }

    /** A kind of paging domain that every device can have. */
    DomainKind pagingKind() {
        return DomainKind.offered(driver.capabilities(), false).stream()
                .filter(kind -> kind.type() == DomainType.PAGING)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the driver offers no page tables here"));
    }

    /** Sets a domain, as part of setting up. Exceptions pass through. */
    void set(QemuDevice device, TestDomain domain) {
        TestDomain old = device.attached();
        if (old != domain) {
            domain.domain().setDevPasid(device.device(), device.pasid(), old.domain());
            device.attach(domain);
        }
    }

    /** Runs and records {@code operation}, with {@code watch} watching. */
    Recording record(String name, Watch watch, Runnable operation) {
        platform.listen(watch);
        try {
            return recording.record(name, () -> {
                watch.happened(0);
                operation.run();
            });
        } finally {
            platform.listen(instant -> {});
        }
    }

    /** What a request could reach: through any domain, or untranslated. */
    Set<Long> outputs(long iova) {
        Set<Long> outputs = new LinkedHashSet<>();
        outputs.add(iova);
        for (TestDomain domain : domains) {
            OptionalLong reached = domain.reached(iova, false);
            reached.ifPresent(outputs::add);
        }
        if (iova == TestPages.SCRATCH) {
            domains.forEach(domain -> outputs.add(domain.scratch().output()));
        }
        return outputs;
    }

    /** Has the driver read QEMU's fault log; what it reported. */
    List<FaultReport> serviceFaults() {
        int before = recording.faultReports().size();
        platform.onQemuAlone(driver::serviceEvents);
        List<FaultReport> all = recording.faultReports();
        return all.subList(before, all.size());
    }

    void release(QemuDevice device) {
        driver.release(device.device());
        devices.remove(device);
    }

    /** Takes everything down. Afterwards nothing may be allocated. */
    void tearDown() {
        for (QemuDevice device : List.copyOf(devices)) {
            set(device, blocked);
            release(device);
        }
        domains.forEach(TestDomain::free);
        domains.clear();
        driver.shutDown();
    }

    @Override
    public void close() {
        board.close();
    }
}
