package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
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
 * <p>When a number does not come, or a command is rejected, the buffer is switched off, emptied and switched on, and the
 * commands are given again. All of them may be carried out any number of times.
 */
class CommandBuffer implements QueuePort {
    /** Log2 of the entries; 8 to 15 are defined. */
    private static final int LOG2_ENTRIES = 9;

    private static final int ENTRIES = 1 << LOG2_ENTRIES;
    private static final int ENTRY_WORDS = 2;
    private static final int ENTRY_BYTES = 16;
    private static final int COMPLETION_WORDS = 512;
    /** Linux keeps as many free. */
    private static final int RESERVED_ENTRIES = 2;

    /** So that one submission fits beside those of others. */
    private static final int LONGEST_SUBMISSION = 64;

    private static final int ATTEMPTS = 3;
    private static final long TIMEOUT_MICROS = 1_000_000;

    private final RegisterBank registers;
    private final ControlRegister control;
    private final DriverLock lock;
    private final PhysicalMemory memory;
    private final CompletionWords completions;
    private final CommandRing ring;
    /** Any command that does nothing will do; hardware may store here as often as it likes. */
    private final long fillerTarget;

    /** A buffer that is not enabled yet. Throws ENOMEM. */
    CommandBuffer(Platform platform, ControlRegister control) {
        this.registers = platform.registers();
        this.control = control;
        this.memory = platform.memory();
        this.lock = platform.locks().create("amdvi.command-buffer", "command buffer");
        this.fillerTarget = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        CompletionWords words = null;
        try {
            words = CompletionWords.create(
                    memory, COMPLETION_WORDS, Long.SIZE, (address, data) -> Command.completionWait(address, data)
                            .words());
            this.ring = new CommandRing(
                    new RingGeometry("command buffer", ENTRIES, ENTRY_WORDS, RESERVED_ENTRIES, true, TIMEOUT_MICROS),
                    platform,
                    lock,
                    this,
                    words);
        } catch (IommuException e) {
            if (words != null) {
                words.free();
            }
            memory.free(fillerTarget, PhysicalMemory.PAGE_BYTES);
            throw e;
        }
        this.completions = words;
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
        memory.free(fillerTarget, PhysicalMemory.PAGE_BYTES);
    }

    /**
     * Has the hardware carry out {@code commands}, in no particular order among themselves, and waits until it has.
     *
     * @throws IommuException EIO (rejected), ETIMEDOUT (no progress)
     */
    void execute(List<Command> commands) {
        for (int attempt = 1; ; attempt++) {
            try {
                executeOnce(commands);
                return;
            } catch (IommuException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** As {@link #execute}, for those who try again themselves. */
    void executeOnce(List<Command> commands) {
        List<long[]> words = commands.stream().map(Command::words).toList();
        for (int first = 0; first < words.size(); first += LONGEST_SUBMISSION) {
            carryOut(ring, words.subList(first, Math.min(first + LONGEST_SUBMISSION, words.size())));
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
        return Optional.of(new QueueFailure(
                Errno.EIO, "the IOMMU rejected a command (Status.CmdBufRun is 0)", QueueFailure.Scope.ALL_PENDING));
    }

    /** Not asked for: behind the rejected command there may be another, and CmdBufRun would never be seen as 1. */
    @Override
    public void resume(QueueFailure failure) {
        throw new IllegalStateException("a command buffer that stopped is started anew, empty");
    }

    /** The head can be written only while Status.CmdBufRun is 0. */
    @Override
    public void restart(long position) {
        stop();
        long offset = (position & (ENTRIES - 1)) * ENTRY_BYTES;
        registers.write64(Registers.COMMAND_HEAD, offset);
        registers.write64(Registers.COMMAND_TAIL, offset);
        start();
    }

    @Override
    public long[] filler() {
        return Command.completionWait(fillerTarget, 0).words();
    }
}
