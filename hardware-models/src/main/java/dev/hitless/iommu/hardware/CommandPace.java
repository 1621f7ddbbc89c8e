package dev.hitless.iommu.hardware;

import java.util.List;

/** How fast hardware takes commands from its queue. An option that a family offers under {@link #OPTION}. */
public enum CommandPace {
    /** Everything at the doorbell. */
    AT_ONCE("at-once"),
    /**
     * Nothing at the doorbell, and a part of the queue right after the driver has looked whether hardware goes on: has read
     * the head, the status or the error register, or has loaded a word that a completion is written to. No hardware is slower to a
     * driver that waits. Where hardware says how long a queue can be, it is a short one. So queues fill up.
     */
    AS_POLLED("as-polled");

    /** Name of the option. */
    public static final String OPTION = "command-pace";

    /** Which part of the queue is taken at one look. */
    private static final int PARTS = 16;

    private final String label;

    CommandPace(String label) {
        this.label = label;
    }

    /** The option, for {@link HardwareModelProvider#options}. */
    public static HardwareOption option() {
        return new HardwareOption(
                OPTION,
                List.of(AT_ONCE.label, AS_POLLED.label),
                HardwareOption.Use.PACE,
                "how commands are taken from the queue: at the doorbell, or a sixteenth of the queue whenever the"
                        + " driver looks whether hardware has gone on");
    }

    /** What {@code configuration} says. */
    public static CommandPace of(HardwareConfiguration configuration) {
        return configuration.value(OPTION).equals(AS_POLLED.label) ? AS_POLLED : AT_ONCE;
    }

    /** Most commands that are taken at the doorbell. */
    public int atDoorbell() {
        return this == AT_ONCE ? Integer.MAX_VALUE : 0;
    }

    /** Most commands that are taken when the driver looks at a queue of so many entries. */
    public int atLook(int entries) {
        return this == AT_ONCE ? Integer.MAX_VALUE : Math.max(1, entries / PARTS);
    }

    @Override
    public String toString() {
        return label;
    }
}
