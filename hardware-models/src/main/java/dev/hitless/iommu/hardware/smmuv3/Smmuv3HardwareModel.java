package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.HardwarePort.PageAnswer;
import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The SMMU: wires registers, queues and walker to each other. Register page 1 starts at 64 KiB. */
final class Smmuv3HardwareModel implements HardwareModel {
    private static final int INTERRUPT_GERROR = 1;
    private static final int INTERRUPT_PRIQ = 1 << 1;
    private static final int INTERRUPT_EVENTQ = 1 << 2;
    private static final int INTERRUPT_MASK = 7;

    private final Smmuv3Features features;
    private final HardwarePort port;
    private final GlobalErrors errors;
    private final ControlRegisters control;
    private final PageRequestsUnderWay underWay;
    private final CommandQueue commands;
    private final RecordQueue events;
    private final RecordQueue pageRequests;
    private final MessageInterrupt errorInterrupt;
    private final MessageInterrupt eventInterrupt;
    private final MessageInterrupt pageRequestInterrupt;
    private final RegisterMap registers;
    private @Nullable Walker walker;
    private int interruptControl;
    private int stallTag;
    private int guestAsid;

    Smmuv3HardwareModel(Smmuv3Features features, CommandPace pace, HardwarePort port) {
        this.features = features;
        this.port = port;
        this.errors = new GlobalErrors(port);
        this.control = new ControlRegisters(features, port);
        this.errorInterrupt = new MessageInterrupt(features, port, errors, GlobalErrors.MSI_GERROR_ABT);
        this.eventInterrupt = new MessageInterrupt(features, port, errors, GlobalErrors.MSI_EVENTQ_ABT);
        this.pageRequestInterrupt = new MessageInterrupt(features, port, errors, GlobalErrors.MSI_PRIQ_ABT);
        this.underWay = new PageRequestsUnderWay(this::arrive);
        this.commands = new CommandQueue(features, port, errors, errorInterrupt::raise, underWay, pace);
        this.events = new RecordQueue("EVENTQ", EventRecord.BYTES, port);
        this.pageRequests = new RecordQueue("PRIQ", PageRequestRecord.BYTES, port);
        this.registers = new RegisterMap(port);
        addIdentification();
        addControl();
        addErrors();
        addQueues();
    }

    private void addIdentification() {
        registers.addReadOnly(0x00, "IDR0", () -> IdentificationRegisters.idr0(features));
        registers.addReadOnly(0x04, "IDR1", () -> IdentificationRegisters.idr1(features));
        registers.addReadOnly(0x08, "IDR2", () -> 0);
        registers.addReadOnly(0x0C, "IDR3", () -> IdentificationRegisters.idr3(features));
        registers.addReadOnly(0x10, "IDR4", () -> 0);
        registers.addReadOnly(0x14, "IDR5", () -> IdentificationRegisters.idr5(features));
        registers.addReadOnly(0x18, "IIDR", () -> 0);
        registers.addReadOnly(0x1C, "AIDR", () -> IdentificationRegisters.ARCHITECTURE_REVISION);
    }

    private void addControl() {
        registers.add32(0x20, "CR0", control::cr0, value -> writeCr0((int) value));
        registers.addReadOnly(0x24, "CR0ACK", control::cr0);
        registers.add32(0x28, "CR1", control::cr1, settingWriter(control::writeCr1));
        registers.add32(0x2C, "CR2", control::cr2, settingWriter(control::writeCr2));
        registers.add32(0x44, "GBPA", control::gbpa, settingWriter(control::writeGbpa));
        registers.add64(0x80, "STRTAB_BASE", control::streamTableBase, value -> {
            control.writeStreamTableBase(value);
            walker = null;
        });
        registers.add32(
                0x88, "STRTAB_BASE_CFG", control::streamTableConfig, settingWriter(control::writeStreamTableConfig));
    }

    private LongConsumer settingWriter(IntConsumer write) {
        return value -> {
            write.accept((int) value);
            walker = null;
        };
    }

    private void addErrors() {
        registers.add32(0x50, "IRQ_CTRL", () -> interruptControl, value -> writeInterruptControl((int) value));
        registers.addReadOnly(0x54, "IRQ_CTRLACK", () -> interruptControl);
        registers.addReadOnly(0x60, "GERROR", errors::gerror);
        registers.add32(0x64, "GERRORN", errors::gerrorn, value -> {
            errors.acknowledge((int) value);
            commands.errorsAcknowledged();
        });
        addInterrupt(0x68, "GERROR", errorInterrupt);
        addInterrupt(0xB0, "EVENTQ", eventInterrupt);
        if (features.pri()) {
            addInterrupt(0xD0, "PRIQ", pageRequestInterrupt);
        }
    }

    private void addInterrupt(long offset, String name, MessageInterrupt interrupt) {
        registers.add64(offset, name + "_IRQ_CFG0", interrupt::address, interrupt::writeAddress);
        registers.add32(offset + 8, name + "_IRQ_CFG1", interrupt::data, value -> interrupt.writeData((int) value));
        registers.add32(
                offset + 12,
                name + "_IRQ_CFG2",
                interrupt::attributes,
                value -> interrupt.writeAttributes((int) value));
    }

    private void addQueues() {
        registers.add64(0x90, "CMDQ_BASE", commands::base, commands::writeBase);
        registers.add32(0x98, "CMDQ_PROD", commands::producer, value -> commands.writeProducer((int) value));
        registers.add32(0x9C, "CMDQ_CONS", commands::readConsumer, value -> commands.writeConsumer((int) value));
        addRecordQueue(0xA0, 0x100A8, "EVENTQ", events);
        if (features.pri()) {
            addRecordQueue(0xC0, 0x100C8, "PRIQ", pageRequests);
        }
    }

    private void addRecordQueue(long base, long indices, String name, RecordQueue queue) {
        registers.add64(base, name + "_BASE", queue::base, queue::writeBase);
        registers.add32(indices, name + "_PROD", queue::producer, value -> queue.writeProducer((int) value));
        registers.add32(indices + 4, name + "_CONS", queue::consumer, value -> queue.writeConsumer((int) value));
    }

    private void writeCr0(int value) {
        control.writeCr0(value);
        walker = null;
        events.setEnabled(control.isSet(ControlRegisters.EVENTQEN));
        pageRequests.setEnabled(control.isSet(ControlRegisters.PRIQEN));
        commands.setEnabled(control.isSet(ControlRegisters.CMDQEN), control.isSet(ControlRegisters.SMMUEN));
    }

    private void writeInterruptControl(int value) {
        interruptControl = value & INTERRUPT_MASK;
        errorInterrupt.setEnabled((value & INTERRUPT_GERROR) != 0);
        pageRequestInterrupt.setEnabled((value & INTERRUPT_PRIQ) != 0);
        eventInterrupt.setEnabled((value & INTERRUPT_EVENTQ) != 0);
    }

    @Override
    public long readRegister(long offset, int bits) {
        return registers.read(offset, bits);
    }

    @Override
    public void writeRegister(long offset, int bits, long value) {
        registers.write(offset, bits, value);
    }

    @Override
    public void loaded(long address, long value) {
        commands.loaded(address, value);
    }

    @Override
    public Walker walker() {
        Walker current = walker;
        if (current == null) {
            current = new Smmuv3Walker(control.settings());
            walker = current;
        }
        return current;
    }

    @Override
    public List<CacheKind> caches() {
        return Smmuv3Caches.of(features);
    }

    @Override
    public int commandQueueEntries() {
        return commands.entries();
    }

    @Override
    public long commandsTaken() {
        return commands.taken();
    }

    @Override
    public boolean postedWrites() {
        return false;
    }

    @Override
    public Translation access(DmaRequest request) {
        EventReader reader = new EventReader(port);
        Translation result = new Translation();
        walker().translate(request, reader, result);
        walker().admit(request, result);
        if (result.isFault()) {
            EventRecord event = reader.eventFor(request, result);
            if (event.recorded()) {
                record(event);
            }
        }
        return result;
    }

    private void record(EventRecord event) {
        int tag = event.isStall() ? stallTag++ : 0;
        RecordQueue.Outcome outcome = events.append(event.word0(), event.word1(tag), event.word2(), event.word3());
        afterAppend(outcome, eventInterrupt, GlobalErrors.EVENTQ_ABT);
    }

    private void afterAppend(RecordQueue.Outcome outcome, MessageInterrupt interrupt, int abortError) {
        if (outcome == RecordQueue.Outcome.RECORDED) {
            interrupt.raise();
        } else if (outcome == RecordQueue.Outcome.ABORTED) {
            errors.raise(abortError);
            errorInterrupt.raise();
        }
    }

    @Override
    public boolean pageRequest(
            int requesterId, int pasid, int group, boolean last, long address, boolean read, boolean write) {
        return arrive(new PageRequestMessage(requesterId, pasid, group, last, address, read, write));
    }

    @Override
    public PageRequestsUnderWay pageRequestsUnderWay() {
        return underWay;
    }

    /**
     * STEs are not consulted (IHI 0070 8.1). A request that finds no room is answered with success, so that the device
     * asks again; with the queue off, with failure.
     */
    private boolean arrive(PageRequestMessage request) {
        RecordQueue.Outcome outcome = RecordQueue.Outcome.DISABLED;
        if (control.isSet(ControlRegisters.SMMUEN)) {
            PageRequestRecord record = new PageRequestRecord(request);
            outcome = pageRequests.append(record.word0(), record.word1());
            afterAppend(outcome, pageRequestInterrupt, GlobalErrors.PRIQ_ABT);
        }
        if (outcome == RecordQueue.Outcome.RECORDED) {
            return true;
        }
        if (request.last()) {
            boolean retry = outcome == RecordQueue.Outcome.OVERFLOWED;
            port.pageResponse(
                    request.requesterId(),
                    request.pasid(),
                    request.group(),
                    retry ? PageAnswer.SUCCESS : PageAnswer.FAILURE);
        }
        port.pageRequestLost(request);
        return false;
    }

    @Override
    public CpuPageTable newCpuPageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        return new ArmPageTable(memory, levels, pointerOf);
    }

    @Override
    public GuestContext newGuestContext(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        guestAsid = guestAsid % features.maxAsid() + 1;
        return new ArmGuestContext(features, memory, levels, pointerOf, guestAsid);
    }
}
