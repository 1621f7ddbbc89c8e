package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.update.EntryContent;

/** A domain behind a context descriptor, with an ASID of its own. Fits PASIDs, and requests without by descriptor 0. */
abstract class ContextDomain extends SmmuDomain {
    private final int asid;

    /** Throws ENOSPC. */
    ContextDomain(Smmuv3Driver driver, DomainType type, String name) {
        super(driver, type, name);
        this.asid = unit().asids().allocate();
    }

    final int asid() {
        return asid;
    }

    @Override
    final boolean usesContextDescriptor() {
        return true;
    }

    @Override
    final TranslationTag tag() {
        return TranslationTag.asid(asid);
    }

    @Override
    final EntryContent streamTableEntry(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        if (contexts == null) {
            throw new IommuException(Errno.EOPNOTSUPP, "this SMMU has no stage 1");
        }
        return unit().entries().contextTable(contexts, StreamTableEntry.S1DSS_CD_0, device.usesAts());
    }

    /** Gives the ASID back. Nothing is cached under it. */
    final void freeAsid() {
        unit().asids().free(asid);
    }
}
