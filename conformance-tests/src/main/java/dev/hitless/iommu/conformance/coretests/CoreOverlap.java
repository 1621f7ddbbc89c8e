package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.conformance.rules.Rule;
import java.util.function.Predicate;

/**
 * Operations of a subsystem that overlap: a definition, to be set up as often as there are schedules.
 *
 * @param name stable, for example {@code replace/beside/detach}
 * @param rule broken by what no order of the operations leads to
 * @param subject what it is about
 * @param setting attaches what has to be there, and says what is to be done; false: impossible on this bench
 */
record CoreOverlap(String name, Rule rule, Subject subject, Predicate<CoreScene> setting) {
    /** What operations can be about. */
    enum Subject {
        /** What is attached where. */
        ATTACHMENTS("nothing that a bench may lack"),
        /** Page requests. What draining them means for DMA cannot be judged. */
        PAGE_REQUESTS("the hardware takes no page requests here"),
        /** Address spaces that devices share. */
        ADDRESS_SPACES("the driver has no domains for shared address spaces here");

        private final String reason;

        Subject(String reason) {
            this.reason = reason;
        }

        /** Why it may be impossible, for people. */
        String reason() {
            return reason;
        }
    }
}
