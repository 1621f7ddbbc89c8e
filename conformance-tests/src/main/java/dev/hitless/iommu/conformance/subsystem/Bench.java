package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.SharedState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What a subsystem is tried out with: a driver behind a tap, devices for it, domains, and eyes for what came of it. */
public interface Bench {
    /** Makes benches, each fresh. */
    interface Factory {
        /** Whether the driver offers what a bench needs. */
        boolean isPossible();

        /** A bench. */
        Bench set();

        /** For names of scenarios. */
        String name();

        /** Rules for drivers that the driver's calls are held to; none without hardware. */
        Set<Rule> driverRules();
    }

    /** The driver, as the subsystem is to see it. */
    TappedDriver driver();

    /** Where the subsystem gets its locks. */
    Locks locks();

    /** Locks that are held now. */
    List<String> heldLocks();

    /** Domain {@code number} (0..2) of three that can stand behind the PASIDs and replace each other there. */
    IommuDomain onPasid(int number);

    /** Domain {@code number} (0..1) of two that can stand behind requests without PASID, beside those of the PASIDs. */
    IommuDomain withoutPasid(int number);

    /**
     * Address space {@code number} (0..1) of two that devices can share.
     *
     * @return empty: the driver has no domains for that here
     */
    Optional<AddressSpace> addressSpace(int number);

    /** An address space of this bench dies: everybody who shares it is told. */
    void die(AddressSpace space);

    /** A domain of another driver instance. */
    IommuDomain foreign();

    /**
     * A function with ATS.
     *
     * @param pasidBits width of its PASIDs; 0: none
     * @param pageRequests it has PRI
     */
    DeviceDescription describe(String name, int requesterId, int pasidBits, boolean pageRequests);

    /** The subsystem added {@code device}. */
    void added(IommuDevice device);

    /** The subsystem removed {@code device}. */
    void removed(IommuDevice device);

    /** Where the driver's page requests go from now on. */
    void deliverPageRequests(Consumer<PageRequest> receiver);

    /** A device sends a page request; the driver does not know yet. False: this bench's hardware takes none. */
    boolean sendPageRequest(IommuDevice device, Pasid pasid, int group, boolean last);

    /** What devices were answered so far. */
    List<PageResponse> answers();

    /** From now on the {@code n}-th call of the driver that can fail does; 0: none. */
    void failCall(int n);

    /** What was made to fail since. */
    List<String> failed();

    /**
     * Compares what the device meets with what is meant: the driver's record, and where there is hardware its DMA.
     *
     * @return what is met instead; empty if it is as meant
     */
    Optional<String> mismatch(IommuDevice device, Pasid pasid, IommuDomain meant);

    /** Whether none of the device's requests gets anywhere, whatever the driver's record says: it may have fenced them. */
    boolean isBlocked(IommuDevice device, Pasid pasid);

    /** What was found in the driver's calls so far, by the rules for drivers. */
    List<Finding> driverFindings();

    /** The driver's call to look at, if one was recorded. */
    Optional<Operation> evidence();

    /** Operations recorded so far. */
    int traces();

    /**
     * Plays several operations of the subsystem at once, by one schedule. What an exception of one of them says is part of
     * what comes of it. The driver's calls are not judged one by one any more: they overlap.
     *
     * @param order where to note in which order locks are taken
     * @param shared what the operations are known to have in common, where there is hardware
     */
    Overlapped overlap(List<NamedOperation> operations, Interleaver interleaver, LockOrder order, SharedState shared);

    /** From now on the driver's calls are not judged. */
    void judgeNothing();

    /** What the driver promises for a change now. */
    ReplaceGuarantee promise(IommuDevice device, Pasid pasid, IommuDomain replacement);

    /** Combinations evaluated so far. */
    long observations();

    /** Frees everything; devices have been removed. Says what is left then, by kind; empty: nothing. */
    Map<String, Long> tearDown();
}
