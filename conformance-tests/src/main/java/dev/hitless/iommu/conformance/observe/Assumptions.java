package dev.hitless.iommu.conformance.observe;

/**
 * Under which memory rules a trace is judged. The sets of outcomes grow with weaker rules, so a failure can be blamed:
 * what disappears under stronger rules was due to what they add.
 *
 * @param storeOrder how stores become visible
 * @param everythingSnooped treat every fetch as snooping CPU caches
 * @param everythingAwaited treat every command as seen complete at the instant of its submission
 */
public record Assumptions(StoreOrder storeOrder, boolean everythingSnooped, boolean everythingAwaited) {
    /** How stores become visible to the IOMMU. */
    public enum StoreOrder {
        /** At some instant up to the next barrier or register write, in any order. The portable default. */
        WEAK,
        /** At once and in order, as on a cache-coherent x86 platform. */
        TSO
    }

    /** Every driver must pass these. */
    public static final Assumptions WEAK = new Assumptions(StoreOrder.WEAK, false, false);

    /** The strongest: what fails here fails for the contents that were stored. */
    public static final Assumptions STRONGEST = new Assumptions(StoreOrder.TSO, true, true);
}
