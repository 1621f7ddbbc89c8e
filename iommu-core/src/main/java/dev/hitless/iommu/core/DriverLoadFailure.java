package dev.hitless.iommu.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A driver that is there but cannot be used, and why. It never keeps others from loading.
 *
 * @param location jar, directory or services file that it came from; {@code "unknown"} where Java does not tell
 * @param providerClass name of the provider's class; null when it is not known, for example of a jar that cannot be read
 * @param id the driver's id; null when the provider did not come far enough to say
 * @param stage how far it came
 * @param cause what was thrown; null when the core itself refused it
 * @param reason one sentence for people
 * @param hint what to do about it
 */
public record DriverLoadFailure(
        String location,
        @Nullable String providerClass,
        @Nullable String id,
        Stage stage,
        @Nullable Throwable cause,
        String reason,
        String hint) {

    /** How far a provider came. */
    public enum Stage {
        /** Opening a plugin jar. */
        OPEN,
        /** Reading the services file and loading the class that it names. */
        LOAD,
        /** Making the provider. */
        CREATE,
        /** Asking it for its id, vendor and hardware. */
        DESCRIBE,
        /** Comparing the version of its contract with ours. */
        VERSION,
        /** Comparing its id with those of others. */
        IDENTITY
    }

    public DriverLoadFailure {
        Objects.requireNonNull(location, "location");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(hint, "hint");
    }

    /** All of it in one line. */
    public String message() {
        String who = id != null ? "driver " + id : providerClass != null ? providerClass : "a driver";
        return who + " (" + location + "): " + reason + "; " + hint;
    }
}
