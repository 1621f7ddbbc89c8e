package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.CommandsAhead;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.HardwarePort.Fate;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;
import java.util.ArrayList;
import java.util.List;

/**
 * The command queue: fetches from CMDQ_CONS to CMDQ_PROD, stops at errors until GERROR.CMDQ_ERR is acknowledged (IHI 0070
 * 7.1), and completes CMD_SYNCs (4.7.3).
 *
 * <p>Page requests under way: what a device sent has reached the SMMU when the device has answered a CMD_ATC_INV, and the
 * SMMU has written it to the PRI queue when a CMD_SYNC after that completes. For event records the specification says as
 * much (nothing based on the state before the invalidation appears after the CMD_SYNC, 4.7.3); there is no other command
 * for it, so page requests are taken to be the same.
 *
 * <pre>
 * CMDQ_CONS  30:24 ERR (0 none, 1 ILL, 2 ABT, 3 ATC_INV_SYNC) | n wrap | n-1:0 RD
 * </pre>
 */
final class CommandQueue {
    static final int ENTRY_BYTES = 16;
    static final int CERROR_ILL = 1;
    static final int CERROR_ABT = 2;
    static final int CERROR_ATC_INV_SYNC = 3;

    private static final int ERROR_SHIFT = 24;

    private final HardwarePort port;
    private final CommandDecoder decoder;
    private final GlobalErrors errors;
    private final Runnable errorRaised;
    private final PageRequestsUnderWay underWay;
    private final CompletionLog completions;
    private final int maximumBits;
    private final CommandPace pace;
    private final CommandsAhead ahead;

    /** Submitted, and not yet covered by a completed CMD_SYNC. */
    private final List<Integer> pending = new ArrayList<>();

    private final List<Integer> pendingOnDevices = new ArrayList<>();

    private long baseRegister;
    private QueueLayout layout = new QueueLayout(0, 0);
    private boolean enabled;
    private boolean translating;
    private int producer;
    private int consumer;
    private int error;
    private boolean commandLost;
    private boolean deviceSilent;
    private boolean hung;

    /** {@code errorRaised} is told when GERROR.CMDQ_ERR or MSI_CMDQ_ABT becomes active. */
    CommandQueue(
            Smmuv3Features features,
            HardwarePort port,
            GlobalErrors errors,
            Runnable errorRaised,
            PageRequestsUnderWay underWay,
            CommandPace pace) {
        this.port = port;
        this.pace = pace;
        this.ahead = new CommandsAhead(port);
        this.underWay = underWay;
        this.decoder = new CommandDecoder(features);
        this.errors = errors;
        this.errorRaised = errorRaised;
        this.completions = new CompletionLog(port);
        this.maximumBits = features.commandQueueBits();
    }

    long base() {
        return baseRegister;
    }

    void writeBase(long value) {
        if (enabled) {
            port.malformed("CMDQ_BASE is written while CR0.CMDQEN is 1; disable the queue first");
            return;
        }
        if (QueueLayout.isMalformed(value, ENTRY_BYTES, maximumBits)) {
            port.malformed("CMDQ_BASE 0x" + Long.toHexString(value)
                    + " is not aligned to its size or exceeds IDR1.CMDQS=" + maximumBits);
        }
        baseRegister = value;
        layout = QueueLayout.of(value, ENTRY_BYTES, maximumBits);
    }

    int producer() {
        return producer;
    }

    /** The doorbell. */
    void writeProducer(int value) {
        if ((value & ~layout.mask()) != 0) {
            port.malformed("CMDQ_PROD 0x" + Integer.toHexString(value) + " has bits above the wrap bit of a queue of "
                    + layout.entries());
        }
        int index = value & layout.mask();
        int waiting = layout.distance(consumer, index);
        if (enabled && (waiting > layout.entries() || waiting < layout.distance(consumer, producer))) {
            port.malformed("CMDQ_PROD 0x" + Integer.toHexString(index) + " overruns CMDQ_CONS 0x"
                    + Integer.toHexString(consumer) + " or moves back from 0x" + Integer.toHexString(producer)
                    + "; the write is ignored");
            return;
        }
        int before = producer;
        producer = index;
        handOver(before);
        run(pace.atDoorbell());
    }

    /** Commands may be fetched ahead: what is from {@code first} to the producer counts from now on. */
    private void handOver(int first) {
        if (pace == CommandPace.AT_ONCE || !enabled) {
            return;
        }
        for (int at = first; at != producer; at = layout.next(at)) {
            long address = layout.address(at, ENTRY_BYTES);
            if (!port.isMemory(address)) {
                return;
            }
            long word0 = port.read64(address);
            long word1 = port.read64(address + Long.BYTES);
            Command command = decoder.decode(word0, word1);
            int number = command instanceof Command.Invalidate invalidate && !isIgnored(invalidate)
                    ? port.submitted(invalidate.invalidation())
                    : CommandsAhead.NONE;
            long message = command instanceof Command.Sync sync ? sync.msiAddress() : 0;
            ahead.handedOver(address, new long[] {word0, word1}, number, message);
        }
    }

    /** The driver reads CMDQ_CONS: it sees every completion so far. */
    int readConsumer() {
        completions.consumerRead();
        int seen = consumer | error << ERROR_SHIFT;
        looked();
        return seen;
    }

    void writeConsumer(int value) {
        if (enabled) {
            port.malformed("CMDQ_CONS is written while CR0.CMDQEN is 1; disable the queue first");
            return;
        }
        consumer = value & layout.mask();
        error = 0;
    }

    /** CR0 changed. Disabling the queue is how software recovers from commands that never complete. */
    void setEnabled(boolean value, boolean translationEnabled) {
        translating = translationEnabled;
        if (enabled == value) {
            return;
        }
        enabled = value;
        hung = false;
        commandLost = false;
        deviceSilent = false;
        ahead.clear();
        handOver(consumer);
        run(pace.atDoorbell());
    }

    /** GERRORN was written. */
    void errorsAcknowledged() {
        run(pace.atDoorbell());
    }

    /** The driver has looked whether the queue goes on, which it does now. */
    private void looked() {
        if (pace == CommandPace.AS_POLLED) {
            run(pace.atLook(layout.entries()));
        }
    }

    int entries() {
        return layout.entries();
    }

    long taken() {
        return ahead.taken();
    }

    /** The driver loaded a word of memory. */
    void loaded(long address, long value) {
        completions.loaded(address, value);
        if (ahead.isAwaited(address)) {
            looked();
        }
    }

    private void run(int most) {
        for (int i = 0;
                i < most && enabled && !hung && !errors.isActive(GlobalErrors.CMDQ_ERR) && consumer != producer;
                i++) {
            long address = layout.address(consumer, ENTRY_BYTES);
            if (!port.isMemory(address)) {
                stop(CERROR_ABT);
                return;
            }
            long word0 = port.read64(address);
            long word1 = port.read64(address + Long.BYTES);
            int number = ahead.take(address, word0, word1);
            Command command = decoder.decode(word0, word1);
            if (command instanceof Command.Illegal) {
                port.malformed(command.describe());
                stop(CERROR_ILL);
                return;
            }
            execute(command, fateOf(command), number);
        }
    }

    private Fate fateOf(Command command) {
        return command instanceof Command.Invalidate invalidate
                ? port.fateOf(invalidate.invalidation())
                : port.fateOf(command.describe());
    }

    private void execute(Command command, Fate fate, int number) {
        if (fate == Fate.REJECT) {
            stop(CERROR_ILL);
        } else if (command instanceof Command.Sync sync) {
            synchronize(sync, fate);
        } else {
            consumer = layout.next(consumer);
            if (command instanceof Command.Invalidate invalidate) {
                invalidate(invalidate, fate, number);
            } else if (fate == Fate.LOSE) {
                commandLost = true;
            } else if (command instanceof Command.PageResponse response) {
                port.pageResponse(response.streamId(), response.substreamId(), response.group(), response.answer());
            }
        }
    }

    private boolean isIgnored(Command.Invalidate command) {
        return command.needsDevice() && !translating;
    }

    private void invalidate(Command.Invalidate command, Fate fate, int handedOver) {
        if (isIgnored(command)) {
            return;
        }
        int number = handedOver == CommandsAhead.NONE ? port.submitted(command.invalidation()) : handedOver;
        if (fate == Fate.EXECUTE) {
            (command.needsDevice() ? pendingOnDevices : pending).add(number);
            if (command.needsDevice()) {
                underWay.answered(command.invalidation().targetRequester());
            }
        } else if (command.needsDevice()) {
            deviceSilent = true;
        } else {
            commandLost = true;
        }
    }

    private void synchronize(Command.Sync sync, Fate fate) {
        if (fate == Fate.LOSE || commandLost) {
            hung = true;
            return;
        }
        if (deviceSilent) {
            // Which of the outstanding ones failed is unknown (4.7.3): none may be taken as done.
            deviceSilent = false;
            pendingOnDevices.clear();
            stop(CERROR_ATC_INV_SYNC);
            return;
        }
        consumer = layout.next(consumer);
        underWay.drained();
        pending.addAll(pendingOnDevices);
        pendingOnDevices.clear();
        completions.completed(pending, sendMessage(sync), sync.msiData());
        pending.clear();
    }

    /** Returns the address that the message went to, or 0. */
    private long sendMessage(Command.Sync sync) {
        long address = sync.msiAddress();
        if (address == 0) {
            return 0;
        }
        if (!port.isMemory(address & -Long.BYTES)) {
            errors.raise(GlobalErrors.MSI_CMDQ_ABT);
            errorRaised.run();
            return 0;
        }
        port.write32(address, sync.msiData());
        return address;
    }

    private void stop(int reason) {
        error = reason;
        errors.raise(GlobalErrors.CMDQ_ERR);
        errorRaised.run();
    }
}
