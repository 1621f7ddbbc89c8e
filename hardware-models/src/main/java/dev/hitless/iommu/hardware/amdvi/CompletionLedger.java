package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.HardwarePort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Knows which commands are complete and what would tell the driver so. Completion is <em>seen</em> when the driver loads
 * what a COMPLETION_WAIT has stored, or reads Status.ComWaitInt where a COMPLETION_WAIT has set it; that covers all commands
 * before it. A head pointer that has moved tells nothing.
 */
final class CompletionLedger {
    private static final long NOWHERE = -1;

    private final HardwarePort port;
    private final Deque<CompletedWait> completedWaits = new ArrayDeque<>();
    private List<Integer> sinceLastWait = new ArrayList<>();
    private long lastNumber;
    /** The COMPLETION_WAIT that turned Status.ComWaitInt on last. */
    private long numberBehindInterrupt;

    /**
     * A COMPLETION_WAIT that was executed and not yet seen.
     *
     * @param number counts COMPLETION_WAITs from 1
     * @param address where its data is, or {@link #NOWHERE} if nothing there tells it from earlier content
     * @param commands numbers of the commands that only it covers
     */
    private record CompletedWait(long number, long address, long data, List<Integer> commands) {}

    CompletionLedger(HardwarePort port) {
        this.port = port;
    }

    /** Command {@code number} was executed. */
    void executed(int number) {
        sinceLastWait.add(number);
    }

    /**
     * A COMPLETION_WAIT is executed: writes its data.
     *
     * @param firstToInterrupt it is the one that turns Status.ComWaitInt on
     */
    void completed(Command.CompletionWait wait, boolean firstToInterrupt) {
        // Data that was there before proves nothing to whoever reads it.
        boolean telling = wait.stores() && port.read64(wait.address()) != wait.data();
        lastNumber++;
        completedWaits.addLast(
                new CompletedWait(lastNumber, telling ? wait.address() : NOWHERE, wait.data(), sinceLastWait));
        sinceLastWait = new ArrayList<>();
        if (firstToInterrupt) {
            numberBehindInterrupt = lastNumber;
        }
        if (wait.stores()) {
            port.write64(wait.address(), wait.data());
        }
    }

    /** The driver loaded {@code value} from {@code address}. */
    void loaded(long address, long value) {
        if (completedWaits.isEmpty()) {
            return;
        }
        Iterator<CompletedWait> latestFirst = completedWaits.descendingIterator();
        while (latestFirst.hasNext()) {
            CompletedWait wait = latestFirst.next();
            if (wait.address() == address && wait.data() == value) {
                seen(wait.number());
                return;
            }
        }
    }

    /** The driver read Status with ComWaitInt set. */
    void interruptSeen() {
        seen(numberBehindInterrupt);
    }

    private void seen(long number) {
        while (!completedWaits.isEmpty() && completedWaits.getFirst().number() <= number) {
            completedWaits.removeFirst().commands().forEach(port::observed);
        }
    }
}
