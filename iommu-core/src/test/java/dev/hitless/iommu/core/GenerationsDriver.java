package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A driver for tests with threads: it has atomics and nothing else, no map and no lock, so that what is tested is the
 * core's order. Domains are numbered; 0 is blocked. Nothing here has an identity hash code, which a tool that runs the
 * same schedule twice cannot repeat.
 */
final class GenerationsDriver extends DriverWithoutHardware {
    static final int MOST_GROUPS = 64;

    private final DriverCapabilities capabilities = new DriverCapabilities(
            Set.of(Capability.PASID),
            List.of(),
            4,
            EnumSet.of(DomainType.PAGING, DomainType.SVA, DomainType.BLOCKED),
            EnumSet.of(DomainType.PAGING, DomainType.IDENTITY, DomainType.BLOCKED));
    private final Numbered blocked = new Numbered(0, DomainType.BLOCKED);
    private final AtomicInteger domains = new AtomicInteger();

    /** Number of the domain that hardware uses, whatever the device and PASID. */
    final AtomicInteger inForce = new AtomicInteger();

    /** How often each page-request group was answered. */
    final AtomicIntegerArray answers = new AtomicIntegerArray(MOST_GROUPS);

    /** SVA domains that were allocated and not freed. */
    final AtomicInteger living = new AtomicInteger();

    /** A domain with the next number. */
    Numbered newDomain() {
        return new Numbered(domains.incrementAndGet(), DomainType.PAGING);
    }

    static DeviceDescription description(int requesterId) {
        return new DeviceDescription("device-" + requesterId, List.of(requesterId), 4, true, 32, true, NO_CONTROLS);
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        return new Probed(description);
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        living.incrementAndGet();
        return new Numbered(domains.incrementAndGet(), DomainType.SVA);
    }

    @Override
    public IommuDomain blockedDomain() {
        return blocked;
    }

    @Override
    public void respond(PageResponse response) {
        answers.incrementAndGet(response.group());
    }

    /** A device with an id to be equal by. */
    private final class Probed extends Device {
        Probed(DeviceDescription description) {
            super(description);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Probed probed
                    && probed.description().primaryRequesterId()
                            == description().primaryRequesterId();
        }

        @Override
        public int hashCode() {
            return description().primaryRequesterId();
        }
    }

    /** A domain that is nothing but its number. */
    final class Numbered implements IommuDomain {
        final int number;
        private final DomainType type;

        Numbered(int number, DomainType type) {
            this.number = number;
            this.type = type;
        }

        @Override
        public IommuDriver driver() {
            return GenerationsDriver.this;
        }

        @Override
        public DomainType type() {
            return type;
        }

        @Override
        public String name() {
            return "domain-" + number;
        }

        @Override
        public String matrixName() {
            return name();
        }

        @Override
        public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
            inForce.set(number);
        }

        @Override
        public void free() {
            living.decrementAndGet();
        }
    }

    private static final PciFunction NO_CONTROLS = new PciFunction() {
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
    };
}
