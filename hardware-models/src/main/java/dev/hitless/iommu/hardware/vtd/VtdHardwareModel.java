package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.HardwarePort.PageAnswer;
import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** One VT-d remapping unit: the register file, and the walker that goes with its present state. */
final class VtdHardwareModel implements HardwareModel {
    private final HardwarePort port;
    private final VtdCapabilities capabilities;
    private final VtdStructures structures;
    private final RegisterFile registers;
    private final PageRequestsUnderWay underWay;
    private VtdWalker walker;

    VtdHardwareModel(VtdCapabilities capabilities, CommandPace pace, HardwarePort port) {
        this.port = port;
        this.capabilities = capabilities;
        this.structures = new VtdStructures(capabilities);
        this.underWay = new PageRequestsUnderWay(this::arrive);
        this.registers = new RegisterFile(port, capabilities, underWay, pace);
        this.walker = new VtdWalker(false, 0, capabilities, structures);
    }

    @Override
    public long readRegister(long offset, int bits) {
        return registers.read(offset, bits);
    }

    @Override
    public void writeRegister(long offset, int bits, long value) {
        registers.write(offset, bits, value);
        GlobalCommand global = registers.global();
        if (!walker.isFor(global.translating(), global.latchedRoot())) {
            walker = new VtdWalker(global.translating(), global.latchedRoot(), capabilities, structures);
        }
    }

    @Override
    public void loaded(long address, long value) {
        registers.queue().loaded(address, value);
    }

    @Override
    public Walker walker() {
        return walker;
    }

    @Override
    public List<CacheKind> caches() {
        return VtdCaches.ALL;
    }

    @Override
    public int commandQueueEntries() {
        return registers.queue().entries();
    }

    @Override
    public long commandsTaken() {
        return registers.queue().taken();
    }

    @Override
    public boolean postedWrites() {
        return capabilities.writeBufferFlush();
    }

    @Override
    public Translation access(DmaRequest request) {
        Translation out = new Translation();
        walker.translate(request, new PlainReader(port), out);
        walker.admit(request, out);
        if (out.isFault() && isRecorded(request, out)) {
            registers.faults().record(request, out.faultCode());
        }
        return out;
    }

    /**
     * Whether a fault is recorded: not without a code, not where FPD is set, and not for a translation request to a page
     * that is not there or not allowed, which gets an answer without permissions instead.
     */
    private boolean isRecorded(DmaRequest request, Translation fault) {
        if (fault.faultCode() == VtdFault.TRANSLATION_DISABLED.code()) {
            return false;
        }
        FaultClass faultClass = fault.faultClass();
        boolean answered = faultClass == FaultClass.NOT_MAPPED || faultClass == FaultClass.PERMISSION;
        return !(request.translationRequest() && answered) && !path().faultProcessingDisabled(request);
    }

    private TablePath path() {
        return new TablePath(port, registers.global().latchedRoot());
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

    private boolean arrive(PageRequestMessage request) {
        boolean allowed = capabilities.pageRequests()
                && registers.global().translating()
                && path().pageRequestsAllowed(request.requesterId());
        boolean recorded = allowed && registers.pageRequests().put(request);
        if (!allowed) {
            refuse(request);
        }
        if (!recorded) {
            port.pageRequestLost(request);
        }
        return recorded;
    }

    private void refuse(PageRequestMessage message) {
        if (registers.global().translating()) {
            DmaRequest request =
                    new DmaRequest(message.requesterId(), message.pasid(), message.address(), message.write(), false);
            if (!path().faultProcessingDisabled(request)) {
                registers.faults().record(request, VtdFault.PAGE_REQUEST_BLOCKED.code());
            }
        }
        if (message.last()) {
            port.pageResponse(message.requesterId(), message.pasid(), message.group(), PageAnswer.INVALID);
        }
    }

    @Override
    public CpuPageTable newCpuPageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        return new X86PageTable(memory, levels, pointerOf);
    }

    @Override
    public GuestContext newGuestContext(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        return new VtdGuestContext(new X86PageTable(memory, levels, pointerOf), pointerOf, capabilities);
    }
}
