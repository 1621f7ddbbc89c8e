package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.AllocatedDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A guest's first-stage table on the second stage of a parent. The fields that a guest may set are {@code SRE}
 * (supervisor requests), {@code WPE} (write protection for those) and {@code EAFE} (extended accessed flag), each 0 or 1.
 */
final class NestedDomain extends AllocatedDomain implements VtdDomain {
    private static final Map<String, Long> FLAGS = new TreeMap<>(Map.of(
            "SRE", PasidEntry.SUPERVISOR_REQUESTS,
            "WPE", PasidEntry.WRITE_PROTECT,
            "EAFE", PasidEntry.EXTENDED_ACCESSED));

    private final RemappingUnit unit;
    private final VtdPagingDomain parent;
    private final int domainId;
    private final PasidEntry entry;

    /** Throws EINVAL (configuration, freed parent), ENOSPC. */
    NestedDomain(VtdDriver driver, String name, VtdPagingDomain parent, NestedConfig config) {
        super(driver.domainOwner(), DomainType.NESTED, name);
        this.unit = driver.unit();
        this.parent = parent;
        long flags = flags(config, unit.hardware());
        requireWalkable(config, parent, unit.hardware());
        parent.children().add(this);
        try {
            this.domainId = unit.domainIds().allocate();
        } catch (IommuException e) {
            parent.children().remove(this);
            throw e;
        }
        this.entry = PasidEntry.nested(
                domainId,
                config.guestRoot(),
                config.levels(),
                flags,
                parent.rootTable(),
                parent.format().levels(),
                unit.hardware().coherentPageWalk());
    }

    private static long flags(NestedConfig config, HardwareCapabilities hardware) {
        long flags = 0;
        for (String field : config.fields().keySet()) {
            Long flag = FLAGS.get(field);
            if (flag == null) {
                throw refused("field " + field + " is not known; there are " + String.join(", ", FLAGS.keySet()));
            }
            long value = config.field(field);
            if (value != 0 && value != 1) {
                throw refused("field " + field + " is " + value + "; it can be 0 or 1");
            }
            flags |= value == 1 ? flag : 0;
        }
        if ((flags & PasidEntry.SUPERVISOR_REQUESTS) != 0 && !hardware.supervisorRequests()) {
            throw refused("SRE is 1, but this IOMMU takes no supervisor requests (ECAP.SRS is 0); clear it");
        }
        if ((flags & PasidEntry.WRITE_PROTECT) != 0 && (flags & PasidEntry.SUPERVISOR_REQUESTS) == 0) {
            throw refused("WPE is 1 without SRE; it concerns supervisor requests only");
        }
        if ((flags & PasidEntry.EXTENDED_ACCESSED) != 0 && !hardware.extendedAccessedFlag()) {
            throw refused("EAFE is 1, but this IOMMU has no extended accessed flag (ECAP.EAFS is 0); clear it");
        }
        return flags;
    }

    private static void requireWalkable(NestedConfig config, VtdPagingDomain parent, HardwareCapabilities hardware) {
        if (config.levels() != 4 && !(config.levels() == 5 && hardware.firstStage5Levels())) {
            throw refused("a guest table of " + config.levels() + " levels; this IOMMU walks 4"
                    + (hardware.firstStage5Levels() ? " or 5" : " (CAP.FL5LP is 0)"));
        }
        long root = config.guestRoot();
        if ((root & 0xFFF) != 0 || root >>> parent.format().inputAddressBits() != 0) {
            throw refused("guest root 0x" + Long.toHexString(root) + " is not a page-aligned address below 1 << "
                    + parent.format().inputAddressBits() + ", the width of parent " + parent.name());
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
    public PasidEntry entry() {
        return entry;
    }

    @Override
    public TranslationTag tag(Pasid pasid) {
        return TranslationTag.nested(domainId, pasid);
    }

    /** The parent's table changed: which guest addresses that concerns is unknown, so everything goes. */
    void parentChanged() {
        users().with(users -> {
            if (!users.isEmpty()) {
                unit.invalidations().translations(tags(users));
                unit.invalidations().devices(users, List.of(AddressSpan.EVERYTHING));
            }
        });
    }

    @Override
    protected void release() {
        unit.domainIds().free(domainId);
        parent.children().remove(this);
    }
}
