package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.update.EntryContent;

/** A domain behind a context descriptor, with an ASID of its own. Fits PASIDs, and requests without by descriptor 0. */
interface ContextDomain extends SmmuDomain {
    /** The ASID. */
    int asid();

    /** The unit that it is for. */
    SmmuUnit unit();

    @Override
    default boolean usesContextDescriptor() {
        return true;
    }

    /** Where else than under VMID 0 it may be cached. */
    BorrowedVmids borrowedVmids();

    @Override
    default TranslationTag tag() {
        return TranslationTag.asid(asid(), borrowedVmids().andOwn());
    }

    @Override
    default EntryContent streamTableEntry(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        if (contexts == null) {
            throw new IommuException(Errno.EOPNOTSUPP, "this SMMU has no stage 1");
        }
        return unit().entries().contextTable(contexts, StreamTableEntry.S1DSS_CD_0, device.usesAts());
    }
}
