package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.AllocatedDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A guest's GCR3 table on the v1 table of a parent, for requests without PASID.
 *
 * <p>Fields that a guest may set: {@code GIoV} (has to be 1: without it the guest's table would serve no request), {@code
 * GLX} (levels of the GCR3 table minus 1), {@code GuestPagingMode} (0: v2 tables of 4 levels, 1: of 5) and {@code
 * gDomID}, which is not used: the domain has a DomainID of its own, since under the parent's the guest's intermediate
 * addresses would meet the parent's I/O addresses.
 */
final class NestedDomain extends AllocatedDomain implements AmdviDomain {
    private static final Set<String> FIELDS = Set.of("GIoV", "GLX", "GuestPagingMode", "gDomID");

    private final AmdviUnit unit;
    private final HostPagingDomain parent;
    private final Gcr3Pointer guest;
    private final int domainId;

    /** Throws EINVAL (configuration, freed parent), EOPNOTSUPP, ENOSPC. */
    NestedDomain(AmdviDriver driver, String name, HostPagingDomain parent, NestedConfig config) {
        super(driver.domainOwner(), DomainType.NESTED, name);
        this.unit = driver.unit();
        this.parent = parent;
        this.guest = guest(config, parent, unit.hardware());
        parent.children().add(this);
        try {
            this.domainId = unit.domainIds().allocate();
        } catch (IommuException e) {
            parent.children().remove(this);
            throw e;
        }
    }

    private static Gcr3Pointer guest(NestedConfig config, HostPagingDomain parent, HardwareCapabilities hardware) {
        for (String field : config.fields().keySet()) {
            if (!FIELDS.contains(field)) {
                throw refused(
                        "field " + field + " is not known; there are " + String.join(", ", new TreeSet<>(FIELDS)));
            }
        }
        requireField(config, "GIoV", 1, 1);
        requireField(config, "GLX", 0, hardware.gcr3Levels() - 1);
        requireField(config, "GuestPagingMode", 0, hardware.guestLevels() - 4);
        requireField(config, "gDomID", 0, 0xFFFF);
        if (config.levels() != config.field("GuestPagingMode") + 4) {
            throw refused("a guest table of " + config.levels() + " levels with GuestPagingMode "
                    + config.field("GuestPagingMode") + "; 4 levels go with 0, 5 with 1");
        }
        long root = config.guestRoot();
        if (root == 0
                || (root & 0xFFF) != 0
                || root >>> Math.min(52, parent.format().inputAddressBits()) != 0) {
            throw refused("GCR3 table at 0x" + Long.toHexString(root)
                    + "; it has to be a page-aligned address, not 0, within the parent " + parent.name());
        }
        return new Gcr3Pointer(root, (int) config.field("GLX") + 1, config.field("GuestPagingMode") == 1);
    }

    private static void requireField(NestedConfig config, String field, long lowest, long highest) {
        long value = config.field(field);
        if (value < lowest || value > highest) {
            throw refused("field " + field + " is " + value + "; this IOMMU takes " + lowest + ".." + highest);
        }
    }

    private static IommuException refused(String reason) {
        return new IommuException(Errno.EINVAL, "nested domain: " + reason);
    }

    @Override
    public String matrixName() {
        return "nested";
    }

    @Override
    public DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return parent.addTo(device.hostEntry()).withGuest(guest, true).withDomainId(domainId);
    }

    @Override
    public boolean fitsPasid() {
        return false;
    }

    @Override
    public boolean leavesPasids() {
        return false;
    }

    @Override
    public List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.host(domainId), TranslationTag.guest(domainId, Pasid.NONE));
    }

    /**
     * The parent's table changed: which guest addresses that concerns is unknown, so all translations go, of every PASID.
     * Copies of GCR3 entries may stay: they are the guest's own data, and lead to guest-physical addresses.
     */
    void parentChanged() {
        unit.invalidate(this, users(), List.of(AddressSpan.EVERYTHING));
    }

    /**
     * Before the DomainID may get another owner: copies of GCR3 entries, which only commands for their own PASID drop, of
     * every PASID that the guest's table reaches. Translations are gone since the last detach.
     */
    @Override
    protected void requireNoDependents() {
        int pasids =
                Math.min(Gcr3Table.reach(guest.levels()), 1 << unit.hardware().pasidBits());
        unit.invalidations()
                .translations(IntStream.range(0, pasids)
                        .mapToObj(pasid -> TranslationTag.guest(domainId, Pasid.of(pasid)))
                        .toList());
    }

    @Override
    protected void release() {
        unit.domainIds().free(domainId);
        parent.children().remove(this);
    }
}
