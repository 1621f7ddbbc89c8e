package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;
import java.util.ArrayList;
import java.util.List;

/**
 * Which commands the driver has <em>seen</em> complete. Only a wait descriptor tells: the driver reads the status word
 * that it had written, or ICS.IWC. The queue head tells nothing, since it moves when a descriptor is fetched.
 *
 * <p>A wait speaks for all commands before it in the queue. While several waits with the same status word and data are
 * outstanding, a matching read is proof of the first one only.
 */
final class Completions {
    private static final int NEVER = -1;

    private record StatusWait(long address, int data, int commandsBefore) {}

    private final HardwarePort port;
    /** Port numbers of commands in queue order; {@link #NEVER} for one that was lost. */
    private final List<Integer> commands = new ArrayList<>();

    private final List<StatusWait> statusWaits = new ArrayList<>();
    private int interruptWait = NEVER;
    private int seen;

    Completions(HardwarePort port) {
        this.port = port;
    }

    /** A command was fetched and is executed. */
    void issued(int number) {
        commands.add(number);
    }

    /** A command was fetched and never completes. */
    void lost() {
        commands.add(NEVER);
    }

    /** All commands so far have completed: a wait says so by status write. */
    void signal(long address, int data) {
        if (!port.isMemory(address)) {
            port.malformed("invalidation wait with status address 0x" + Long.toHexString(address)
                    + ", where there is no memory");
            return;
        }
        boolean alreadyThere = half(address, port.read64(address & -8L)) == data;
        if (!alreadyThere) {
            statusWaits.removeIf(wait -> wait.address == address);
            port.write32(address, data);
        } else if (statusWaits.stream().anyMatch(wait -> wait.address == address && wait.data == data)) {
            return;
        } else {
            port.malformed("invalidation wait writes 0x" + Integer.toHexString(data) + " to 0x"
                    + Long.toHexString(address)
                    + ", which holds that value already: completion cannot be told; reset the status word first");
            return;
        }
        statusWaits.add(new StatusWait(address, data, commands.size()));
    }

    /** All commands so far have completed: a wait says so by ICS.IWC. */
    void signalInterrupt() {
        interruptWait = commands.size();
    }

    /** The driver read a memory word. */
    void loaded(long address, long value) {
        if (statusWaits.isEmpty()) {
            return;
        }
        for (int index = 0; index < statusWaits.size(); index++) {
            StatusWait wait = statusWaits.get(index);
            if ((wait.address & -8L) == address && half(wait.address, value) == wait.data) {
                statusWaits.removeIf(other -> other.address == wait.address);
                seenBefore(wait.commandsBefore);
                index = -1;
            }
        }
        forgetSeen();
    }

    /** The driver read ICS with IWC set. */
    void interruptSeen() {
        if (interruptWait != NEVER) {
            seenBefore(interruptWait);
            interruptWait = NEVER;
            forgetSeen();
        }
    }

    /** The queue was switched off: nothing outstanding will ever be told. */
    void abandon() {
        commands.clear();
        statusWaits.clear();
        interruptWait = NEVER;
        seen = 0;
    }

    private void seenBefore(int count) {
        for (; seen < count; seen++) {
            int number = commands.get(seen);
            if (number != NEVER) {
                port.observed(number);
            }
        }
    }

    /** Keeps the list short once nothing is outstanding. */
    private void forgetSeen() {
        if (seen == commands.size() && statusWaits.isEmpty() && interruptWait == NEVER) {
            commands.clear();
            seen = 0;
        }
    }

    private static int half(long address, long word) {
        return (int) (word >>> ((int) (address & 4) * 8));
    }
}
