package dev.hitless.iommu.hardware;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Commands that the driver has handed over and hardware has not taken yet. They may take effect from the doorbell on, so
 * they are submitted there; and they must not be changed any more, except where hardware stopped at an error (IHI 0070
 * 3.21.2 says so, the other architectures imply it).
 */
public final class CommandsAhead {
    /** Number of a command that was not submitted at the doorbell. */
    public static final int NONE = -1;

    /** @param completionAddress the word that it will write, aligned to 8; 0: none */
    private record Ahead(long[] words, int number, long completionAddress) {}

    private final HardwarePort port;
    private final Map<Long, Ahead> commands = new HashMap<>();
    private long taken;

    /** None yet. */
    public CommandsAhead(HardwarePort port) {
        this.port = port;
    }

    /**
     * A command was handed over.
     *
     * @param address of its entry
     * @param words the entry
     * @param number as submitted, or {@link #NONE}
     * @param completionAddress what it will write to tell of completion; 0: nothing
     */
    public void handedOver(long address, long[] words, int number, long completionAddress) {
        Ahead earlier = commands.put(address, new Ahead(words.clone(), number, completionAddress & -Long.BYTES));
        if (earlier != null) {
            port.malformed("a command at 0x" + Long.toHexString(address)
                    + " was overwritten and handed over before hardware had taken the one that was there");
        }
    }

    /**
     * Hardware takes what is in an entry now.
     *
     * @return the number under which it was submitted, or {@link #NONE}
     */
    public int take(long address, long... words) {
        taken++;
        Ahead ahead = commands.remove(address);
        if (ahead == null) {
            return NONE;
        }
        if (!Arrays.equals(ahead.words, words)) {
            port.malformed("the command at 0x" + Long.toHexString(address)
                    + " was changed after the doorbell, before hardware had taken it");
            return NONE;
        }
        return ahead.number;
    }

    /** Whether the command in an entry was handed over and not taken. */
    public boolean contains(long address) {
        return commands.containsKey(address);
    }

    /** What is ahead will not be taken: the queue was switched off, or the head moved. */
    public void clear() {
        commands.clear();
    }

    /** Whether a command that is ahead will write to the word at {@code address}. */
    public boolean isAwaited(long address) {
        return !commands.isEmpty() && commands.values().stream().anyMatch(ahead -> ahead.completionAddress == address);
    }

    /** Commands taken so far. */
    public long taken() {
        return taken;
    }
}
