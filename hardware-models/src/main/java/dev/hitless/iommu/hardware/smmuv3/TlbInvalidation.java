package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * CMD_TLBI_* (IHI 0070 4.4). An operand that a command does not have matches everything.
 *
 * @param describe for people
 * @param worlds bit n set: entries of world n of {@link TlbTag} are reached
 * @param vmid VMID, or {@link #ANY}; only NS-EL1 and stage 2 have one
 * @param asid ASID, or {@link #ANY}; global entries match only commands that name an address
 * @param addresses input addresses
 * @param byAddress the command names addresses
 * @param leafOnly table entries stay
 * @param level leaf entries of other levels stay, or {@link #ANY}
 */
record TlbInvalidation(
        String describe,
        int worlds,
        int vmid,
        int asid,
        AddressRange addresses,
        boolean byAddress,
        boolean leafOnly,
        int level)
        implements Invalidation {
    static final int ANY = -1;

    /** A command that names no address. */
    static TlbInvalidation everywhere(String describe, int worlds, int vmid, int asid) {
        return new TlbInvalidation(describe, worlds, vmid, asid, AddressRange.ALL, false, false, ANY);
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return switch (cache.role()) {
            case PAGING_STRUCTURE, TRANSLATION ->
                matchesTag(tag)
                        && addresses.overlaps(firstAddress, lengthBytes)
                        && (isTableEntry(cache) ? !leafOnly : matchesLevel(lengthBytes));
            case CONFIGURATION, DEVICE_TRANSLATION -> false;
        };
    }

    private static boolean isTableEntry(CacheKind cache) {
        return cache.equals(Smmuv3Caches.STAGE1_WALK) || cache.equals(Smmuv3Caches.STAGE2_WALK);
    }

    /**
     * The entry's page may be smaller than the leaf that the hint is about, where two stages were combined: a smaller one
     * is dropped with it.
     */
    private boolean matchesLevel(long lengthBytes) {
        return level == ANY || Long.compareUnsigned(lengthBytes, 1L << TableDescriptor.shift(level)) <= 0;
    }

    private boolean matchesTag(long tag) {
        int world = TlbTag.world(tag);
        if ((worlds >>> world & 1) == 0) {
            return false;
        }
        boolean hasVmid = world == TlbTag.EL1 || world == TlbTag.STAGE2;
        if (hasVmid && vmid != ANY && TlbTag.vmid(tag) != vmid) {
            return false;
        }
        if (asid == ANY || world == TlbTag.STAGE2) {
            return true;
        }
        if (TlbTag.isGlobal(tag) || world == TlbTag.EL2) {
            return byAddress;
        }
        return TlbTag.asid(tag) == asid;
    }
}
