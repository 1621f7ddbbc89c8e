package dev.hitless.iommu.api;

import java.util.Map;

/**
 * A driver instance: one IOMMU brought up, ready for devices. Called by the core, with the group's mutex held for
 * everything that concerns a device of that group; calls for different groups, and map and unmap, may come at the same
 * time, so a driver takes locks (from its platform) of its own.
 */
public interface IommuDriver {
    /** What it offers here. */
    DriverCapabilities capabilities();

    /**
     * Takes on a device: all its DMA is blocked afterwards, until a domain is set. Enables what the function and the
     * IOMMU share of PASID, ATS and PRI, in that order.
     *
     * @throws IommuException EEXIST (a requester id is taken), EINVAL (a requester id that this IOMMU cannot carry),
     *     ENOMEM, EIO, ETIMEDOUT
     */
    IommuDevice probe(DeviceDescription description);

    /**
     * Lets go of a device. Whatever is still attached to it is a bug of the caller: it is reported as a warning and
     * blocked. Afterwards the function's PASID, ATS and PRI are off, its DMA is blocked and its tables are freed.
     *
     * @throws IommuException EINVAL (not a device of this driver, or released before)
     */
    void release(IommuDevice device);

    /**
     * A new, empty paging domain.
     *
     * @param format one of {@link DriverCapabilities#formats}
     * @throws IommuException EOPNOTSUPP (not one of them), ENOMEM, ENOSPC (no domain id left)
     */
    PagingDomain allocatePaging(PagingFormat format);

    /**
     * A guest's first stage on {@code parent}.
     *
     * @throws IommuException EOPNOTSUPP (no nesting here), EINVAL (the parent's format is no nesting parent, or it is
     *     foreign; a field that the hardware cannot take), ENOMEM, ENOSPC
     */
    IommuDomain allocateNested(PagingDomain parent, NestedConfig config);

    /**
     * A domain that shares the CPU page table of {@code addressSpace}.
     *
     * @throws IommuException EOPNOTSUPP (no SVA here), EINVAL (a table that the hardware cannot walk), ENOMEM, ENOSPC
     */
    IommuDomain allocateSva(AddressSpace addressSpace);

    /**
     * The static identity domain.
     *
     * @throws IommuException EOPNOTSUPP when {@link Capability#IDENTITY} is not claimed
     */
    IommuDomain identityDomain();

    /** The static blocked domain. Setting it removes what was there. */
    IommuDomain blockedDomain();

    /**
     * What this driver promises for one replacement: {@code replacement} set on {@code pasid} of {@code device} while
     * {@code old} is attached. Depends on the hardware found and on what else is attached, not on the instant. Replacing
     * to or from the blocked domain counts as {@link ReplaceGuarantee#HITLESS} when it is atomic: at every instant DMA
     * is blocked or sees the other domain.
     */
    ReplaceGuarantee replaceGuarantee(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacement);

    /**
     * What this driver believes to be attached to {@code device}, blocked ones left out. A copy. For tracking checks
     * (rule DRV-10) and for people.
     */
    Map<Pasid, IommuDomain> attachments(IommuDevice device);

    /**
     * Reads the hardware's fault and page-request logs and hands the records to the platform's event sink. Stands for
     * the interrupt handler.
     */
    void serviceEvents();

    /**
     * Answers a page request. No group is answered twice: once it has its answer, the device may use the group's index for
     * other requests. A device that is gone is not answered; the call returns.
     *
     * @throws IommuException ENOENT (no such request outstanding); EIO (hardware rejected the answer: the device has none,
     *     and the group can be answered again); ETIMEDOUT (it is not known whether the device has the answer: the group
     *     counts as answered, and is ENOENT from now on)
     */
    void respond(PageResponse response);

    /**
     * Turns translation off and frees everything. Devices that were not released are a warning. The driver is of no use
     * afterwards.
     */
    void shutDown();
}
