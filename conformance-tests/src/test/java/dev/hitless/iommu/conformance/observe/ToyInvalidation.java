package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * A command of the toy hardware.
 *
 * @param scope which caches
 * @param operand requester or tag, by scope
 */
record ToyInvalidation(Scope scope, int operand) implements Invalidation {
    /** Which caches. */
    enum Scope {
        /** Directory and entry of the requester. */
        CONFIGURATION,
        /** Entry of the requester. */
        ENTRY_ONLY,
        /** Tables and translations of the tag. */
        PAGING,
        /** Translations of the tag. */
        LEAVES_ONLY,
        /** Translations of the tag, of page 0. */
        PAGE_ZERO,
        /** Device TLB of the requester. */
        DEVICE,
        /** Everything in the IOMMU. */
        ALL
    }

    /** Whether directory entries of {@code requester} are dropped. */
    boolean dropsDirectory(int requester) {
        return scope == Scope.ALL || (scope == Scope.CONFIGURATION && operand == requester);
    }

    /** Whether entries of {@code requester} are dropped. */
    boolean dropsEntry(int requester) {
        return dropsDirectory(requester) || (scope == Scope.ENTRY_ONLY && operand == requester);
    }

    /** Whether upper-table entries under {@code tag} are dropped. */
    boolean dropsTable(int tag) {
        return scope == Scope.ALL || (scope == Scope.PAGING && operand == tag);
    }

    /** Whether translations of {@code page} under {@code tag} are dropped. */
    boolean dropsTranslation(int tag, int page) {
        return dropsTable(tag)
                || (scope == Scope.LEAVES_ONLY && operand == tag)
                || (scope == Scope.PAGE_ZERO && operand == tag && page == 0);
    }

    /** Whether the device TLB of {@code requester} is emptied. */
    boolean dropsDevice(int requester) {
        return scope == Scope.DEVICE && operand == requester;
    }

    @Override
    public String describe() {
        return scope + " " + operand;
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        int whose = (int) tag;
        if (cache.equals(ToyHardware.DIRECTORY_CACHE)) {
            return dropsDirectory(whose);
        }
        if (cache.equals(ToyHardware.ENTRY_CACHE)) {
            return dropsEntry(whose);
        }
        if (cache.equals(ToyHardware.TABLE_CACHE)) {
            return dropsTable(whose);
        }
        if (cache.equals(ToyHardware.TLB)) {
            return dropsTranslation(whose, (int) (firstAddress / ToyHardware.PAGE_BYTES));
        }
        return dropsDevice(whose);
    }

    @Override
    public int targetRequester() {
        return scope == Scope.DEVICE ? operand : -1;
    }
}
