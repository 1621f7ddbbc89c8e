package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.CommandsAhead;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;

/**
 * Fetches and executes commands. What cannot be executed stops the buffer with head on it, until the driver has toggled
 * CmdBufEn; a command that gets lost holds up all later ones the same way.
 *
 * <p>Page requests under way: what a device sent has reached the IOMMU when the device has answered an
 * INVALIDATE_IOTLB_PAGES. Log records and the store of a COMPLETION_WAIT are both posted writes of the IOMMU and stay in
 * order, so what had reached it before is in the PPR log then. Inferred: the specification has no command to drain them.
 */
final class CommandBuffer {
    private final HardwarePort port;
    private final CommandDecoder decoder;
    private final EventLog events;
    private final StatusRegister status;
    private final CompletionLedger ledger;
    private final FaultSuppression suppression;
    private final PageRequestsUnderWay underWay;
    private final CommandPace pace;
    private final CommandsAhead ahead;
    private final RingRegisters registers = new RingRegisters();
    private boolean enabled;
    private boolean running;
    private boolean held;
    private int invalidationTimeout;

    CommandBuffer(
            AmdviFeatures features,
            HardwarePort port,
            EventLog events,
            StatusRegister status,
            CompletionLedger ledger,
            FaultSuppression suppression,
            PageRequestsUnderWay underWay,
            CommandPace pace) {
        this.port = port;
        this.pace = pace;
        this.ahead = new CommandsAhead(port);
        this.decoder = new CommandDecoder(features);
        this.events = events;
        this.status = status;
        this.ledger = ledger;
        this.suppression = suppression;
        this.underWay = underWay;
    }

    RingRegisters registers() {
        return registers;
    }

    boolean isRunning() {
        return running;
    }

    /** Control.InvTimeOut. */
    void setInvalidationTimeout(int code) {
        invalidationTimeout = code;
    }

    /** CmdBufEn was turned on. */
    void start() {
        if (!registers.hasLegalLength()) {
            port.malformed("command buffer enabled with base 0x" + Long.toHexString(registers.base())
                    + ", whose length field is below 8 (256 commands)");
            return;
        }
        enabled = true;
        running = true;
        held = false;
        handOver(registers.head());
        run(pace.atDoorbell());
    }

    /** CmdBufEn was turned off. */
    void stop() {
        enabled = false;
        running = false;
    }

    /** The driver has looked whether the buffer goes on, which it does now. */
    void looked() {
        if (pace == CommandPace.AS_POLLED) {
            run(pace.atLook(entries()));
        }
    }

    /** The driver has loaded a word of memory. */
    void loaded(long address) {
        if (ahead.isAwaited(address)) {
            looked();
        }
    }

    int entries() {
        return (int) (registers.lengthBytes() / RingRegisters.RECORD_BYTES);
    }

    long taken() {
        return ahead.taken();
    }

    /** The driver writes the head register. */
    void writeHead(long value) {
        if (running) {
            port.malformed("command buffer head written while CmdBufRun=1");
            return;
        }
        ahead.clear();
        registers.setHead(value);
    }

    /** The driver writes the tail register: commands up to there are fetchable. */
    void writeTail(long value) {
        if (enabled && !checkTail(value)) {
            return;
        }
        long before = registers.tail();
        registers.setTail(value);
        handOver(before);
        run(pace.atDoorbell());
    }

    /** The IOMMU may fetch ahead: what is from {@code first} to the tail counts from now on. */
    private void handOver(long first) {
        if (pace == CommandPace.AT_ONCE || !enabled) {
            return;
        }
        for (long at = first; at != registers.tail(); at = registers.next(at)) {
            long address = registers.address(at);
            if (!port.isMemory(address)) {
                return;
            }
            // What was there when the buffer stopped is known.
            if (first == registers.head() && ahead.contains(address)) {
                continue;
            }
            long word0 = port.read64(address);
            long word1 = port.read64(address + 8);
            Command command = decoder.decode(word0, word1);
            int number = command instanceof Command.Invalidate invalidate
                    ? port.submitted(invalidate.invalidation())
                    : CommandsAhead.NONE;
            long data = command instanceof Command.CompletionWait wait && wait.stores() ? wait.address() : 0;
            ahead.handedOver(address, new long[] {word0, word1}, number, data);
        }
    }

    private boolean checkTail(long value) {
        if (Long.compareUnsigned(value, registers.lengthBytes()) >= 0 || BitField.of(value, 3, 0) != 0) {
            port.malformed("command buffer tail 0x" + Long.toHexString(value)
                    + " is not a multiple of 16 below the length 0x" + Long.toHexString(registers.lengthBytes()));
            return false;
        }
        if (registers.distanceFromHead(value) < registers.distanceFromHead(registers.tail())) {
            port.malformed("command buffer overrun: tail 0x" + Long.toHexString(value) + " passes head 0x"
                    + Long.toHexString(registers.head()));
        }
        return true;
    }

    private void run(int most) {
        for (int i = 0; i < most && running && !held && !registers.isEmpty(); i++) {
            long address = registers.headAddress();
            if (!port.isMemory(address)) {
                events.commandHardwareError(address);
                running = false;
                return;
            }
            long word0 = port.read64(address);
            long word1 = port.read64(address + 8);
            int number = ahead.take(address, word0, word1);
            if (execute(decoder.decode(word0, word1), address, number)) {
                registers.advanceHead();
            }
        }
    }

    /** Says whether the command is done and head may move on. */
    private boolean execute(Command command, long address, int number) {
        if (command instanceof Command.Illegal illegal) {
            port.malformed(illegal.complaint());
            return reject(address);
        }
        HardwarePort.Fate fate = command instanceof Command.Invalidate invalidate
                ? port.fateOf(invalidate.invalidation())
                : port.fateOf(command.describe());
        return switch (fate) {
            case REJECT -> reject(address);
            case LOSE -> lose(command, address, number);
            case EXECUTE -> perform(command, address, number);
        };
    }

    private int submitted(Command.Invalidate command, int handedOver) {
        return handedOver == CommandsAhead.NONE ? port.submitted(command.invalidation()) : handedOver;
    }

    private boolean reject(long address) {
        events.illegalCommand(address);
        running = false;
        return false;
    }

    private boolean lose(Command command, long address, int number) {
        held = true;
        if (command instanceof Command.Invalidate invalidate) {
            submitted(invalidate, number); // it may yet take effect, but will not be seen to
            if (invalidate.invalidation() instanceof IotlbPagesInvalidation device && invalidationTimeout != 0) {
                events.deviceInvalidationTimeout(device.deviceId(), address);
            }
        }
        return false;
    }

    private boolean perform(Command command, long address, int number) {
        if (command instanceof Command.Invalidate invalidate) {
            ledger.executed(submitted(invalidate, number));
            suppression.invalidated(invalidate.invalidation());
            if (invalidate.invalidation().targetRequester() >= 0) {
                underWay.answered(invalidate.invalidation().targetRequester());
            }
        } else if (command instanceof Command.CompletePpr response) {
            port.pageResponse(response.deviceId(), response.pasid(), response.group(), response.answer());
        } else if (command instanceof Command.CompletionWait wait) {
            return complete(wait, address);
        }
        return true;
    }

    private boolean complete(Command.CompletionWait wait, long address) {
        if (wait.stores() && !port.isMemory(wait.address())) {
            port.malformed(
                    "COMPLETION_WAIT stores to 0x" + Long.toHexString(wait.address()) + ", where there is no memory");
            events.commandHardwareError(address);
            running = false;
            return false;
        }
        underWay.drained();
        boolean firstToInterrupt = wait.interrupts() && !status.isSet(StatusRegister.COMPLETION_WAIT_INTERRUPT);
        if (wait.interrupts()) {
            status.set(StatusRegister.COMPLETION_WAIT_INTERRUPT);
        }
        ledger.completed(wait, firstToInterrupt);
        return true;
    }
}
