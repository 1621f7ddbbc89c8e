package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import dev.hitless.iommu.driver.support.update.EntryUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which entries have to change, and in which order.
 *
 * <p>A PASID is one context descriptor. Requests without PASID are descriptor 0 as long as S1DSS says so:
 *
 * <pre>
 *  descriptor to descriptor: CD 0
 *  something to descriptor:  CD 0 (not looked at yet), then the stream table entries
 *  descriptor to something:  the stream table entries, then CD 0 (not looked at any more)
 *  something to something:   the stream table entries
 * </pre>
 */
final class ChangePlanner {
    private static final int WITHOUT_SUBSTREAM = 0;

    private final SmmuUnit unit;

    ChangePlanner(SmmuUnit unit) {
        this.unit = unit;
    }

    /**
     * Gets a change ready. Whatever it needs is allocated; nothing that hardware looks at has changed.
     *
     * @throws IommuException ENOMEM; EIO or ETIMEDOUT if a page of descriptors cannot be added
     */
    DomainChange prepare(Smmuv3Device device, Pasid pasid, SmmuDomain old, SmmuDomain target) {
        boolean interrupted = device.interrupted().concern(pasid);
        List<EntryUpdate> updates = new ArrayList<>();
        try {
            if (!pasid.isNone()) {
                updates.add(descriptor(device, pasid.value(), target.contextDescriptor(), interrupted));
                return new DomainChange(updates, 0);
            }
            addStreams(updates, device, target.streamTableEntry(device), interrupted);
            int deciding = 0;
            if (target.usesContextDescriptor()) {
                // Prepared last, since a page of descriptors that is added is published at once; carried out first.
                updates.add(0, descriptor(device, WITHOUT_SUBSTREAM, target.contextDescriptor(), interrupted));
                deciding = old.usesContextDescriptor() ? 0 : 1;
            }
            if (old.usesContextDescriptor() && !target.usesContextDescriptor()) {
                updates.add(descriptor(device, WITHOUT_SUBSTREAM, ContextDescriptor.NONE, interrupted));
            }
            return new DomainChange(updates, Math.min(deciding, Math.max(0, updates.size() - 1)));
        } catch (IommuException e) {
            updates.forEach(EntryUpdate::abandon);
            throw e;
        }
    }

    private EntryUpdate descriptor(Smmuv3Device device, int substream, EntryContent target, boolean interrupted) {
        ContextTable contexts = device.contexts();
        if (contexts == null) {
            throw new IllegalStateException(device + " has no context descriptors");
        }
        if (contexts.addLeaf(substream)) {
            unit.invalidations().contextDescriptor(device.streamIds(), substream, true);
            contexts.announced(substream);
        }
        EntryPlace place = contexts.place(substream);
        return unit.contextWriter()
                .prepare(
                        place,
                        place.leaf(),
                        target,
                        interrupted,
                        new ContextDescriptorInvalidator(
                                unit.invalidations(), contexts, device.streamIds(), substream, interrupted));
    }

    /** One after the other: each stream switches on its own. Two in one page move it twice. */
    private void addStreams(List<EntryUpdate> updates, Smmuv3Device device, EntryContent target, boolean interrupted) {
        Map<Integer, Long> moved = new HashMap<>();
        for (int streamId : device.streamIds()) {
            EntryPlace place = unit.streams().place(streamId);
            if (!interrupted && unit.streamWriter().load(place).equals(target)) {
                continue;
            }
            int leafIndex = unit.streams().leafIndex(streamId);
            long leaf = moved.getOrDefault(leafIndex, place.leaf());
            EntryUpdate update = unit.streamWriter()
                    .prepare(
                            place,
                            leaf,
                            target,
                            interrupted,
                            new StreamTableEntryInvalidator(unit.invalidations(), unit.streams(), streamId));
            moved.put(leafIndex, update.leafAfterwards(leaf));
            updates.add(update);
        }
    }

    /** Sets the stream table entries of {@code device}, as no domain change does: for probe and release. */
    void setStreams(Smmuv3Device device, EntryContent target) {
        List<EntryUpdate> updates = new ArrayList<>();
        addStreams(updates, device, target, device.interrupted().concern(Pasid.NONE));
        new DomainChange(updates, 0).carryOut();
    }

    /** Whether requests without PASID see nothing but {@code old} and {@code target} when one takes the other's place. */
    boolean isHitless(Smmuv3Device device, SmmuDomain old, SmmuDomain target) {
        return unit.streamWriter()
                .plan(
                        old.streamTableEntry(device),
                        target.streamTableEntry(device),
                        unit.streams().isSwappable(),
                        false)
                .hitless();
    }
}
