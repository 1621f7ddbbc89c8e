package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.device.DeviceCaches;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@link Invalidations} by descriptors in the invalidation queue. Each method is one submission with one wait. */
class QueuedInvalidations implements Invalidations {
    /** Beyond this many page-selective descriptors dropping everything of the tag is the lesser evil. */
    private static final int MOST_SPANS = 8;

    private final InvalidationQueue queue;
    private final HardwareCapabilities hardware;

    QueuedInvalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
        this.queue = queue;
        this.hardware = hardware;
    }

    @Override
    public void contexts(List<Integer> sourceIds) {
        queue.execute(sourceIds.stream()
                .map(InvalidationDescriptor::contextCacheOfDevice)
                .toList());
    }

    @Override
    public void allContexts() {
        queue.execute(List.of(InvalidationDescriptor.allContexts()));
    }

    @Override
    public void pasidEntry(int domainId, Pasid pasid) {
        queue.execute(List.of(InvalidationDescriptor.pasidCache(domainId, pasid)));
    }

    @Override
    public void allPasidEntries() {
        queue.execute(List.of(InvalidationDescriptor.allPasids()));
    }

    @Override
    public void allTranslations() {
        queue.execute(List.of(InvalidationDescriptor.allTranslations()));
    }

    @Override
    public void translationsOfDomain(int domainId) {
        queue.execute(List.of(InvalidationDescriptor.translationsOfDomain(domainId)));
    }

    @Override
    public void translations(List<TranslationTag> tags) {
        queue.execute(ofTags(tags));
    }

    @Override
    public void pages(List<TranslationTag> tags, List<AddressSpan> pages, boolean leavesOnly) {
        if (!canSelect(pages)) {
            translations(tags);
            return;
        }
        Set<InvalidationDescriptor> descriptors = new LinkedHashSet<>();
        for (TranslationTag tag : tags) {
            for (AddressSpan span : pages) {
                switch (tag.stages()) {
                    case FIRST ->
                        descriptors.add(
                                InvalidationDescriptor.pagesOfPasid(tag.domainId(), tag.pasid(), span, leavesOnly));
                    case SECOND ->
                        descriptors.add(InvalidationDescriptor.pagesOfDomain(tag.domainId(), span, leavesOnly));
                    // Which guest addresses lead to a guest-physical page is not known here.
                    case BOTH -> descriptors.addAll(ofTags(List.of(tag)));
                }
            }
        }
        queue.execute(List.copyOf(descriptors));
    }

    private boolean canSelect(List<AddressSpan> pages) {
        return pages.size() <= MOST_SPANS
                && hardware.pageSelectiveInvalidation()
                && pages.stream().allMatch(span -> span.log2Pages() <= hardware.maximumAddressMask());
    }

    private static List<InvalidationDescriptor> ofTags(List<TranslationTag> tags) {
        Set<InvalidationDescriptor> descriptors = new LinkedHashSet<>();
        for (TranslationTag tag : tags) {
            // Second-stage translations carry no PASID, so a PASID-selective command would pass them by; and the other
            // way round for first-stage ones.
            if (tag.stages() != TranslationTag.Stages.FIRST) {
                descriptors.add(InvalidationDescriptor.translationsOfDomain(tag.domainId()));
            }
            if (tag.stages() != TranslationTag.Stages.SECOND) {
                descriptors.add(InvalidationDescriptor.translationsOfPasid(tag.domainId(), tag.pasid()));
            }
        }
        return List.copyOf(descriptors);
    }

    @Override
    public void devices(List<DomainUser> users, List<AddressSpan> pages) {
        DeviceCaches.forget(users, reachable -> queue.executeOnce(ofDevices(reachable, pages)));
    }

    private List<InvalidationDescriptor> ofDevices(List<DomainUser> users, List<AddressSpan> pages) {
        Set<InvalidationDescriptor> descriptors = new LinkedHashSet<>();
        for (DomainUser user : users) {
            // A device knows guest addresses, not guest-physical ones; the caller names everything then.
            for (AddressSpan span : AddressSpan.atMost(MOST_SPANS, pages)) {
                for (int sourceId : user.device().description().requesterIds()) {
                    descriptors.add(ofDevice(user, sourceId, span));
                }
            }
        }
        return new ArrayList<>(descriptors);
    }

    private InvalidationDescriptor ofDevice(DomainUser user, int sourceId, AddressSpan span) {
        DeviceTlbTarget target = new DeviceTlbTarget(
                sourceId,
                user.device().description().atsQueueDepth(),
                hardware.deviceTlbThrottling() ? user.device().description().primaryRequesterId() : -1);
        return user.pasid().isNone()
                ? InvalidationDescriptor.deviceTlb(target, span)
                : InvalidationDescriptor.deviceTlbOfPasid(target, user.pasid(), span);
    }

    @Override
    public void drainPageRequests(VtdDevice device, Pasid pasid, TranslationTag tag) {
        DeviceCaches.forgetWith(
                List.of(new DomainUser(device, pasid)),
                reachable -> queue.executeAndDrainPageRequests(draining(reachable, tag)));
    }

    /** What a device that does not answer any more had sent cannot be pushed; the rest is drained all the same. */
    List<InvalidationDescriptor> draining(List<DomainUser> reachable, TranslationTag tag) {
        List<InvalidationDescriptor> descriptors = new ArrayList<>();
        descriptors.add(InvalidationDescriptor.fence());
        descriptors.addAll(ofTags(List.of(tag)));
        if (!reachable.isEmpty()) {
            descriptors.add(InvalidationDescriptor.fence());
            descriptors.addAll(ofDevices(reachable, List.of(AddressSpan.EVERYTHING)));
        }
        return descriptors;
    }
}
