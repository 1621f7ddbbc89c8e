package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Pasid;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is attached to a group, by PASID; {@link Pasid#NONE} is the slot of requests without PASID, filled only by
 * attachments with a handle. Changed under the group's mutex; read by the fault path without it.
 *
 * <p>A slot is empty, reserved or filled. A reserved one reads as empty: the domain that is on its way must not be found
 * before the attach is certain, or page requests would be queued to an attachment that then fails.
 */
final class PasidTable {
    /** An {@code Optional} in the map: empty stands for reserved. */
    private final ConcurrentHashMap<Pasid, Optional<Slot>> slots = new ConcurrentHashMap<>();

    /** What is published under {@code pasid}; null when empty or reserved. */
    @Nullable
    Slot find(Pasid pasid) {
        Optional<Slot> slot = slots.get(pasid);
        return slot == null ? null : slot.orElse(null);
    }

    /** Takes an empty slot, so that storing later cannot fail. */
    void reserve(Pasid pasid) {
        if (slots.putIfAbsent(pasid, Optional.empty()) != null) {
            throw new IllegalStateException(pasid + " is taken; the caller looks before it reserves");
        }
    }

    /** Publishes {@code slot}: from now on the fault path finds it. */
    void store(Pasid pasid, Slot slot) {
        slots.put(pasid, Optional.of(slot));
    }

    /** Empties the slot, reserved or filled. */
    void erase(Pasid pasid) {
        slots.remove(pasid);
    }

    /** Whether nothing is published or reserved, with PASID or without. */
    boolean isEmpty() {
        return slots.isEmpty();
    }

    /** The filled slots, by PASID; slot {@link Pasid#NONE} first if there is one. A copy. */
    SortedMap<Pasid, Slot> filled() {
        SortedMap<Pasid, Slot> filled = new TreeMap<>();
        slots.forEach((pasid, slot) -> slot.ifPresent(value -> filled.put(pasid, value)));
        return filled;
    }

    /** The filled slots of real PASIDs. A copy. */
    SortedMap<Pasid, Slot> filledPasids() {
        SortedMap<Pasid, Slot> filled = filled();
        filled.remove(Pasid.NONE);
        return filled;
    }
}
