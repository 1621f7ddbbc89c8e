package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.driver.support.queue.Attempts;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.CompletionWords;
import dev.hitless.iommu.driver.support.queue.QueueFailure;
import dev.hitless.iommu.driver.support.queue.QueuePort;
import dev.hitless.iommu.driver.support.queue.RingGeometry;
import java.util.List;
import java.util.Optional;

/**
 * The command buffer (48882, 2.4): commands go in at the tail, and the COMPLETION_WAIT behind them stores its number when
 * all before are complete. Whoever submits waits for his own number, whatever others wait for meanwhile: a shared note
 * that "all is complete" was what let Linux return too early (CVE-2026-68329).
 *
 * <p>A command that hardware rejects is overwritten, and the buffer switched off and on; when a number does not come, it is
 * emptied too. What failed is given again: commands may be carried out any number of times, but for answers to page
 * requests.
 */
class CommandBuffer implements QueuePort {
    /** Log2 of the entries; 8 to 15 are defined. The least: a batch that does not fit waits for room. */
    private static final int LOG2_ENTRIES = 8;

    private static final int ENTRIES = 1 << LOG2_ENTRIES;
    private static final int ENTRY_WORDS = 2;
    private static final int ENTRY_BYTES = 16;
    /** Each COMPLETION_WAIT has a command before it. */
    private static final int MOST_WAITS = ENTRIES / 2;
    /** Linux keeps as many free. */
    private static final int RESERVED_ENTRIES = 2;

    private static final Attempts ATTEMPTS = new Attempts(3);
    private static final long TIMEOUT_MICROS = 1_000_000;

    private static final QueueFailure REJECTED = new QueueFailure(
            Errno.EIO, "the IOMMU rejected a command (Status.CmdBufRun is 0)", QueueFailure.Scope.ONE_COMMAND);

    private final RegisterBank registers;
    private final ControlRegister control;
    private final CompletionWords completions;
    private final CommandRing ring;

    /** A buffer that is not enabled yet. Throws ENOMEM. */
    CommandBuffer(Platform platform, ControlRegister control) {
        this.registers = platform.registers();
        this.control = control;
        this.completions = CompletionWords.create(
                platform.memory(), MOST_WAITS, Long.SIZE, (address, data) -> Command.completionWait(address, data)
                        .words());
        try {
            this.ring = new CommandRing(
                    new RingGeometry("command buffer", ENTRIES, ENTRY_WORDS, RESERVED_ENTRIES, true, TIMEOUT_MICROS),
                    platform,
                    platform.locks().create("amdvi.command-buffer", "command buffer"),
                    this,
                    completions);
        } catch (IommuException e) {
            completions.free();
            throw e;
        }
    }

    /** Tells the hardware of the buffer. It runs as soon as the IOMMU is on, for some hardware not before. */
    void enable() {
        registers.write64(
                Registers.COMMAND_BUFFER_BASE, ring.base() | (long) LOG2_ENTRIES << Registers.RING_LENGTH_SHIFT);
        registers.write64(Registers.COMMAND_HEAD, 0);
        registers.write64(Registers.COMMAND_TAIL, 0);
        control.set(Registers.COMMAND_BUFFER_ENABLE);
    }

    /** Waits until the hardware takes commands. Throws ETIMEDOUT. */
    void awaitRunning() {
        start();
    }

    /** Makes the hardware stop. Throws ETIMEDOUT. */
    void disable() {
        stop();
    }

    /** Gives the memory back. The hardware must have stopped. */
    void free() {
        ring.free();
        completions.free();
    }

    /**
     * Has the hardware carry out {@code commands}, in no particular order among themselves, and waits until it has.
     *
     * @throws IommuException EIO (rejected), ETIMEDOUT (no progress)
     */
    void execute(List<Command> commands) {
        ATTEMPTS.run(() -> executeOnce(commands));
    }

    /**
     * Has the hardware carry out a command that must not be carried out twice.
     *
     * @throws dev.hitless.iommu.driver.support.queue.CommandRejectedException if it was rejected again and again
     * @throws IommuException EIO, ETIMEDOUT, if it may have been carried out
     */
    void executeAtMostOnce(Command command) {
        ATTEMPTS.runAtMostOnce(() -> executeOnce(List.of(command)));
    }

    /** As {@link #execute}, for those who try again themselves. */
    void executeOnce(List<Command> commands) {
        if (!commands.isEmpty()) {
            carryOut(ring, commands.stream().map(Command::words).toList());
        }
    }

    /** Submits and waits. */
    void carryOut(CommandRing ring, List<long[]> submission) {
        ring.execute(submission);
    }

    private void start() {
        control.start(Registers.COMMAND_BUFFER_ENABLE, Registers.COMMAND_BUFFER_RUNNING, "Status.CmdBufRun");
    }

    private void stop() {
        control.stop(Registers.COMMAND_BUFFER_ENABLE, Registers.COMMAND_BUFFER_RUNNING, "Status.CmdBufRun");
    }

    @Override
    public void ringDoorbell(long position) {
        registers.write64(Registers.COMMAND_TAIL, (position & (ENTRIES - 1)) * ENTRY_BYTES);
    }

    @Override
    public int consumerSlot() {
        // Modulo the ring: some hardware shows the length of the buffer for slot 0.
        return (int) (registers.read64(Registers.COMMAND_HEAD) / ENTRY_BYTES) & (ENTRIES - 1);
    }

    @Override
    public Optional<QueueFailure> failure() {
        if ((control.status() & Registers.COMMAND_BUFFER_RUNNING) != 0) {
            return Optional.empty();
        }
        return Optional.of(REJECTED);
    }

    /**
     * Behind the rejected command there may be another, so that CmdBufRun is never seen as 1. Then at least the one that
     * does nothing is behind hardware.
     */
    @Override
    public void resume(QueueFailure failure) {
        int stoppedAt = consumerSlot();
        control.restart(
                Registers.COMMAND_BUFFER_ENABLE,
                "Status.CmdBufRun",
                () -> failure().isEmpty() || consumerSlot() != stoppedAt);
    }

    /** The head can be written only while Status.CmdBufRun is 0. */
    @Override
    public long restart(long position) {
        stop();
        long offset = (position & (ENTRIES - 1)) * ENTRY_BYTES;
        registers.write64(Registers.COMMAND_HEAD, offset);
        registers.write64(Registers.COMMAND_TAIL, offset);
        start();
        return position;
    }
}
