package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What changes of one device left behind when hardware stopped answering: to be cleaned up by the next one that gets
 * through. Guarded by the device's lock.
 *
 * @param <D> domains of this driver
 */
public final class InterruptedChanges<D extends AttachableDomain> {
    private final IommuDevice device;
    private final Map<Pasid, Remains<D>> remains = new HashMap<>();

    private record Remains<D>(List<EntryContent> possiblyCached, List<D> lingering) {}

    InterruptedChanges(IommuDevice device) {
        this.device = device;
    }

    /** Whether the last change of {@code pasid} did not get through. */
    public boolean concern(Pasid pasid) {
        return remains.containsKey(pasid);
    }

    /** PASIDs that this is so of. A copy. */
    public List<Pasid> pasids() {
        return List.copyOf(remains.keySet());
    }

    /** Contents of its entry that hardware may still hold copies and translations of. */
    public List<EntryContent> possiblyCached(Pasid pasid) {
        Remains<D> left = remains.get(pasid);
        return left == null ? List.of() : left.possiblyCached();
    }

    /** Domains that may still be cached for it though they are not attached: they keep it as their user. */
    public List<D> lingering(Pasid pasid) {
        Remains<D> left = remains.get(pasid);
        return left == null ? List.of() : left.lingering();
    }

    /** A change of {@code pasid} did not get through. Adds to what earlier ones left. */
    public void note(Pasid pasid, List<EntryContent> possiblyCached, List<D> lingering) {
        List<EntryContent> contents = Stream.concat(possiblyCached.stream(), possiblyCached(pasid).stream())
                .distinct()
                .toList();
        List<D> domains =
                Stream.concat(lingering.stream(), lingering(pasid).stream()).toList();
        remains.put(pasid, new Remains<>(contents, domains));
    }

    /** A change of {@code pasid} got through: nothing lingers any more. */
    public void settle(Pasid pasid) {
        lingering(pasid).forEach(domain -> domain.leave(device, pasid));
        remains.remove(pasid);
    }
}
