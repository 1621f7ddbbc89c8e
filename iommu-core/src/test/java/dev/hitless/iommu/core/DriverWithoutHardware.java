package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import java.util.Map;

/** What drivers for tests of the core have in common: no hardware, no page tables, and nothing to remember. */
abstract class DriverWithoutHardware implements IommuDriver {
    @Override
    public IommuDevice probe(DeviceDescription description) {
        return new Device(description);
    }

    @Override
    public void release(IommuDevice device) {}

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        throw notMadeHere();
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        throw notMadeHere();
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        throw notMadeHere();
    }

    @Override
    public IommuDomain identityDomain() {
        throw notMadeHere();
    }

    private static UnsupportedOperationException notMadeHere() {
        return new UnsupportedOperationException("the core is not to ask this driver for such a domain");
    }

    @Override
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacement) {
        return ReplaceGuarantee.HITLESS;
    }

    @Override
    public Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        return Map.of();
    }

    @Override
    public void serviceEvents() {}

    @Override
    public void respond(PageResponse response) {}

    @Override
    public void shutDown() {}

    /** A device that is what its description says. */
    class Device implements IommuDevice {
        private final DeviceDescription description;

        Device(DeviceDescription description) {
            this.description = description;
        }

        @Override
        public final DeviceDescription description() {
            return description;
        }

        @Override
        public final IommuDriver driver() {
            return DriverWithoutHardware.this;
        }

        @Override
        public final int maxPasids() {
            return description.pasidBits() == 0 ? 0 : 1 << description.pasidBits();
        }
    }

    /** A domain that is not much more than its name. */
    abstract class Domain implements IommuDomain {
        private final String name;
        private final DomainType type;

        Domain(String name, DomainType type) {
            this.name = name;
            this.type = type;
        }

        @Override
        public final DomainType type() {
            return type;
        }

        @Override
        public final IommuDriver driver() {
            return DriverWithoutHardware.this;
        }

        @Override
        public final String name() {
            return name;
        }

        @Override
        public final String matrixName() {
            return name;
        }

        @Override
        public void free() {}
    }
}
