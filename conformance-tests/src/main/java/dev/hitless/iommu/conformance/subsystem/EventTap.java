package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.function.Consumer;

/**
 * Brings a driver up on a platform that hands page requests to a subsystem too, as a kernel's does.
 *
 * @param provider of the driver
 * @param pageRequests the subsystem
 */
record EventTap(IommuDriverProvider provider, Consumer<PageRequest> pageRequests) implements IommuDriverProvider {
    @Override
    public String id() {
        return provider.id();
    }

    @Override
    public String vendor() {
        return provider.vendor();
    }

    @Override
    public String contractVersion() {
        return provider.contractVersion();
    }

    @Override
    public String hardware() {
        return provider.hardware();
    }

    @Override
    public String hardwareFamily() {
        return provider.hardwareFamily();
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return provider.create(new Tapped(platform, new Sink(platform.events(), pageRequests)), options);
    }

    /** A platform with another event sink. */
    private record Tapped(Platform platform, EventSink events) implements Platform {
        @Override
        public PhysicalMemory memory() {
            return platform.memory();
        }

        @Override
        public RegisterBank registers() {
            return platform.registers();
        }

        @Override
        public Waiter waiter() {
            return platform.waiter();
        }

        @Override
        public Locks locks() {
            return platform.locks();
        }
    }

    /** Both hear. */
    private record Sink(EventSink events, Consumer<PageRequest> pageRequests) implements EventSink {
        @Override
        public void fault(FaultReport fault) {
            events.fault(fault);
        }

        @Override
        public void pageRequest(PageRequest request) {
            events.pageRequest(request);
            pageRequests.accept(request);
        }

        @Override
        public void warning(String message) {
            events.warning(message);
        }

        @Override
        public void planned(String deviceName, Pasid pasid, ReplacePlan plan) {
            events.planned(deviceName, pasid, plan);
        }
    }
}
