package dev.hitless.iommu.stress;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.fast.FastPlatform;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Two PASIDs of one device are replaced, a page of a domain that one of them uses comes and goes, another device is attached
 * and detached: each in a thread of its own, while one thread does DMA and looks.
 */
final class Stress {
    private static final long IOVA = 0x40_0000;
    private static final long PAGE_IOVA = 0x80_0000;
    private static final long PAGE = 0x1000;
    private static final long MEMORY_OF_DOMAIN = 0x4000_0000L;
    private static final int REQUESTER_A = 0x20;
    private static final int REQUESTER_B = 0xA8;

    private final FastPlatform platform;
    private final IommuDriver driver;
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<PagingDomain> domains = new ArrayList<>();
    private final List<Watched> watched = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private long looks;

    Stress(IommuDriverProvider provider, HardwareModelProvider hardware) {
        this.platform = new FastPlatform(hardware, HardwareConfiguration.of(hardware.options(), Map.of()));
        this.driver = provider.create(platform, DriverOptions.DEFAULTS);
    }

    /** How often the DMA thread looked. */
    long looks() {
        return looks;
    }

    /** Does everything {@code rounds} times, or until something goes wrong. Returns what did. */
    List<String> run(int rounds) throws InterruptedException {
        IommuDevice a = driver.probe(description("device-a", REQUESTER_A));
        IommuDevice b = driver.probe(description("device-b", REQUESTER_B));
        PagingFormat format = formatBehind(a);
        PagingDomain shared = domain(format);
        replaces(rounds, a, REQUESTER_A, Pasid.of(5), shared, domain(format));
        replaces(rounds, a, REQUESTER_A, Pasid.of(6), domain(format), domain(format));
        attachesAndDetaches(rounds, b, Pasid.of(5), shared);
        mapsAndUnmaps(rounds, b, Pasid.of(7), shared);
        threads.forEach(Thread::start);
        FastPlatform.Device dma = platform.newDevice();
        while (problems.isEmpty() && threads.stream().anyMatch(Thread::isAlive)) {
            watched.forEach(request -> request.look(dma).ifPresent(problems::add));
            looks += watched.size();
        }
        if (problems.isEmpty()) {
            for (Thread thread : threads) {
                thread.join();
            }
        }
        if (problems.isEmpty()) {
            takeDown(List.of(a, b));
        }
        problems.addAll(platform.complaints());
        return List.copyOf(problems);
    }

    private DeviceDescription description(String name, int requester) {
        return new DeviceDescription(name, List.of(requester), 20, true, 32, false, platform.function(name));
    }

    private PagingFormat formatBehind(IommuDevice device) {
        for (PagingFormat format : driver.capabilities().formats()) {
            PagingDomain domain = driver.allocatePaging(format);
            ReplaceGuarantee promise = driver.replaceGuarantee(device, Pasid.of(5), driver.blockedDomain(), domain);
            domain.free();
            if (promise == ReplaceGuarantee.HITLESS) {
                return format;
            }
        }
        throw new IllegalStateException("no format can be replaced behind a PASID");
    }

    private PagingDomain domain(PagingFormat format) {
        PagingDomain domain = driver.allocatePaging(format);
        domains.add(domain);
        domain.map(IOVA, output(domain), PAGE, Protection.READ_WRITE);
        return domain;
    }

    private long output(PagingDomain domain) {
        return MEMORY_OF_DOMAIN * (domains.indexOf(domain) + 1);
    }

    private void replaces(
            int rounds, IommuDevice device, int requester, Pasid pasid, PagingDomain one, PagingDomain other) {
        one.setDevPasid(device, pasid, driver.blockedDomain());
        toAndFro(
                rounds,
                new Watched(
                        device.name() + " " + pasid,
                        new DmaRequest(requester, pasid.value(), IOVA, true, false),
                        output(one),
                        output(other)),
                () -> other.setDevPasid(device, pasid, one),
                () -> one.setDevPasid(device, pasid, other));
    }

    private void attachesAndDetaches(int rounds, IommuDevice device, Pasid pasid, PagingDomain domain) {
        IommuDomain blocked = driver.blockedDomain();
        toAndFro(
                rounds,
                new Watched(
                        device.name() + " " + pasid,
                        new DmaRequest(REQUESTER_B, pasid.value(), IOVA, true, false),
                        Watched.FAULT,
                        output(domain)),
                () -> domain.setDevPasid(device, pasid, blocked),
                () -> blocked.setDevPasid(device, pasid, domain));
    }

    private void mapsAndUnmaps(int rounds, IommuDevice device, Pasid pasid, PagingDomain domain) {
        domain.setDevPasid(device, pasid, driver.blockedDomain());
        long output = output(domain) + PAGE;
        toAndFro(
                rounds,
                new Watched(
                        device.name() + " " + pasid + ", the page",
                        new DmaRequest(REQUESTER_B, pasid.value(), PAGE_IOVA, true, false),
                        Watched.FAULT,
                        output),
                () -> domain.map(PAGE_IOVA, output, PAGE, Protection.READ_WRITE),
                () -> domain.unmap(PAGE_IOVA, PAGE));
    }

    private void toAndFro(int rounds, Watched request, Runnable there, Runnable back) {
        watched.add(request);
        Thread thread = new Thread(() -> {
            try {
                for (int round = 0; round < rounds && problems.isEmpty(); round++) {
                    request.change(1, there);
                    request.change(0, back);
                }
            } catch (RuntimeException thrown) {
                problems.add("thrown: " + thrown);
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
    }

    private void takeDown(List<IommuDevice> devices) {
        for (IommuDevice device : devices) {
            driver.attachments(device)
                    .forEach((pasid, domain) -> driver.blockedDomain().setDevPasid(device, pasid, domain));
            driver.release(device);
        }
        domains.forEach(IommuDomain::free);
        driver.shutDown();
    }
}
