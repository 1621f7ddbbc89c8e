package dev.hitless.iommu.conformance.judge;

/**
 * How an operation ended that met a fault: what DMA may see then.
 *
 * <p>The contract: on an exception nothing has changed; after the point of no return the driver may not pretend, but
 * retries, or fences (blocks) the PASID and reports it. Made precise:
 *
 * <table>
 *   <caption>What the subject's DMA may see</caption>
 *   <tr><th>the driver</th><th>before End</th><th>at End</th></tr>
 *   <tr><td>returned</td><td colspan="2">as if there had been no fault: it has tried again</td></tr>
 *   <tr><td>threw; before the hardware could have switched</td><td>old</td><td>old</td></tr>
 *   <tr><td>threw EIO, ETIMEDOUT or ENODEV; says that old is attached</td><td>old, new, blocked</td><td>old</td></tr>
 *   <tr><td>threw one of those; says that nothing is attached (fenced)</td><td>old, new, blocked</td><td>blocked</td></tr>
 *   <tr><td>threw one of those in an unmap; says that nothing is mapped</td><td>old, new</td><td>new</td></tr>
 *   <tr><td>threw, and then carried out another change</td><td>old, new, blocked, the other</td><td>the other</td></tr>
 * </table>
 *
 * <p>What the tables say at End is never excused. Beyond them, copies of old or new may be left exactly where the hardware
 * gave no way to drop them: see {@link Excuse}. A driver that says that old is attached after a replacement is believed
 * that it never switched, or switched back with everything dropped: nothing is excused then. Nothing else, such as another
 * address, freed memory, or anything that others see, is ever excused.
 *
 * @param state how it ended
 * @param excuse which copies could not be dropped
 * @param maySwitch whether the hardware may have seen the new translation in between
 * @param intended what would have become of it
 */
public record Aftermath(State state, Excuse excuse, boolean maySwitch, Intended intended) {
    /** How it ended, as the driver tells it. */
    public enum State {
        /** It failed, and the old translation is in force. */
        KEPT,
        /** It failed, and the subject is blocked. */
        FENCED,
        /** It failed to drop the old translation, but the new one is in force. */
        CARRIED_OUT,
        /** It failed, and another change after it did not. */
        SETTLED
    }

    /** Which copies may be left, because no command that would drop them could complete. */
    public enum Excuse {
        /** None: hardware worked but for one call, so trying again would have helped. */
        NONE,
        /** Those in devices: they do not answer any more, the IOMMU does. */
        DEVICES,
        /** All: the IOMMU carries out no command any more. */
        ALL
    }
}
