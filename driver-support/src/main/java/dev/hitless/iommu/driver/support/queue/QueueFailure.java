package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.Errno;
import java.util.Objects;

/**
 * Why hardware stopped reading commands.
 *
 * @param errno EIO or ETIMEDOUT
 * @param description for people, for example {@code IQE, reserved field}
 * @param scope which commands it concerns
 */
public record QueueFailure(Errno errno, String description, Scope scope) {
    /** Which commands a failure concerns. */
    public enum Scope {
        /** The one that hardware stopped at. The rest runs once it is out of the way. */
        ONE_COMMAND,
        /** What hardware has taken and not completed, fences included: they are void. The rest runs on (VT-d ITE). */
        TAKEN,
        /** All that were not complete; they are lost, and the queue has to be started anew. */
        ALL_PENDING
    }

    public QueueFailure {
        Objects.requireNonNull(errno, "errno");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(scope, "scope");
    }
}
