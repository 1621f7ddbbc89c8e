package dev.hitless.iommu.cli.acme;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
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
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Keeps one table for each device. Promises that every replacement is hitless; the torn one lies. */
final class AcmeDriver implements IommuDriver {
    static final PagingFormat FORMAT =
            new PagingFormat("flat-1-level", "flat", Stage.FIRST, 1, 40, 48, 0x1000, true, true, false, false);

    private static final int PASID_BITS = 12;
    private static final long TABLE_BYTES = 0x11000;

    private final Platform platform;
    private final boolean torn;
    private final AcmeDomain blocked = new AcmeDomain(this, "blocked", 0, 0);
    private final Map<IommuDevice, Map<Pasid, IommuDomain>> attached = new HashMap<>();
    private final Map<IommuDevice, Long> tables = new HashMap<>();
    private int domains;

    private record Device(DeviceDescription description, IommuDriver driver) implements IommuDevice {
        @Override
        public int maxPasids() {
            return 1 << PASID_BITS;
        }
    }

    AcmeDriver(Platform platform, boolean torn) {
        this.platform = platform;
        this.torn = torn;
    }

    PhysicalMemory memory() {
        return platform.memory();
    }

    void set(IommuDevice device, Pasid pasid, AcmeDomain domain) {
        long entry = tables.get(device) + 16L * (pasid.isNone() ? 0 : pasid.value() + 1);
        memory().store64(entry, domain.list());
        if (torn) {
            memory().store64(entry + 8, domain.base());
        }
        memory().writeBarrier();
        if (domain == blocked) {
            attached.get(device).remove(pasid);
        } else {
            attached.get(device).put(pasid, domain);
        }
    }

    @Override
    public DriverCapabilities capabilities() {
        return new DriverCapabilities(
                Set.of(Capability.PASID, Capability.FIRST_STAGE),
                List.of(FORMAT),
                PASID_BITS,
                Set.of(DomainType.PAGING, DomainType.BLOCKED),
                Set.of(DomainType.PAGING, DomainType.BLOCKED));
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        Device device = new Device(description, this);
        long table = memory().allocate(TABLE_BYTES, true);
        tables.put(device, table);
        attached.put(device, new TreeMap<>());
        description.requesterIds().forEach(id -> platform.registers().write64(id * 8L, table));
        return device;
    }

    @Override
    public void release(IommuDevice device) {
        device.description().requesterIds().forEach(id -> platform.registers().write64(id * 8L, 0));
        memory().free(tables.remove(device), TABLE_BYTES);
        attached.remove(device);
    }

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        domains++;
        return new AcmeDomain(
                this, "flat#" + domains, memory().allocate(0x1000, true), torn ? domains * 0x100_0000L : 0);
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        throw new IommuException(Errno.EOPNOTSUPP, "no nesting");
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        throw new IommuException(Errno.EOPNOTSUPP, "no shared address spaces");
    }

    @Override
    public IommuDomain identityDomain() {
        throw new IommuException(Errno.EOPNOTSUPP, "no identity domain");
    }

    @Override
    public IommuDomain blockedDomain() {
        return blocked;
    }

    @Override
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacement) {
        return ReplaceGuarantee.HITLESS;
    }

    @Override
    public Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        return Map.copyOf(attached.get(device));
    }

    @Override
    public void serviceEvents() {}

    @Override
    public void respond(PageResponse response) {
        throw new IommuException(Errno.ENOENT, "no page request is outstanding");
    }

    @Override
    public void shutDown() {}
}
