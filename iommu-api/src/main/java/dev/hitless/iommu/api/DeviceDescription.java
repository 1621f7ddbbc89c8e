package dev.hitless.iommu.api;

import java.util.List;
import java.util.Objects;

/**
 * A DMA-capable function, as firmware and bus enumeration describe it.
 *
 * @param name for people, for example {@code 0000:00:04.0}
 * @param requesterIds ids that its requests carry: PCI bus:device.function as 16 bits on VT-d and AMD-Vi, stream ids (up
 *     to 32 bits, kept unsigned) on SMMUv3. The first is the primary one; further ones are aliases that must be
 *     programmed alike.
 * @param pasidBits width of the PASIDs that it can send; 0: none, else 1..20
 * @param ats it can use address translation services
 * @param atsQueueDepth outstanding ATS invalidations that it can take, 1..32; 0 without ATS
 * @param pri it can send page requests
 * @param function its control interface
 */
public record DeviceDescription(
        String name,
        List<Integer> requesterIds,
        int pasidBits,
        boolean ats,
        int atsQueueDepth,
        boolean pri,
        PciFunction function) {
    public DeviceDescription {
        Objects.requireNonNull(name, "name");
        requesterIds = List.copyOf(Objects.requireNonNull(requesterIds, "requesterIds"));
        Objects.requireNonNull(function, "function");
        if (requesterIds.isEmpty()) {
            throw new IommuException(Errno.EINVAL, "device " + name + " has no requester id; give at least one");
        }
        if (pasidBits < 0 || pasidBits > 20) {
            throw new IommuException(
                    Errno.EINVAL, "device " + name + " claims PASIDs of " + pasidBits + " bits; PCI Express has 1..20");
        }
        if (ats ? atsQueueDepth < 1 || atsQueueDepth > 32 : atsQueueDepth != 0) {
            throw new IommuException(
                    Errno.EINVAL,
                    "device " + name + " has ATS queue depth " + atsQueueDepth + "; 1..32 with ATS, 0 without");
        }
    }

    /** The id that its requests carry, or the first of several. */
    public int primaryRequesterId() {
        return requesterIds.get(0);
    }
}
