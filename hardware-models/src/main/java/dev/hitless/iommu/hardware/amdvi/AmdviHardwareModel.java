package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** One AMD-Vi IOMMU: puts registers, command buffer, logs and walker together. */
final class AmdviHardwareModel implements HardwareModel {
    private final AmdviFeatures features;
    private final HardwarePort port;
    private final RegisterFile registers;
    private final CompletionLedger ledger;
    private final CommandBuffer commands;
    private final EventLog events;
    private final PageRequestLog pageRequests;
    private final PageRequestsUnderWay underWay;
    private final FaultSuppression suppression = new FaultSuppression();
    private int guests;

    AmdviHardwareModel(AmdviFeatures features, CommandPace pace, HardwarePort port) {
        this.features = features;
        this.port = port;
        this.ledger = new CompletionLedger(port);
        StatusRegister status = new StatusRegister();
        LogRing eventRing =
                new LogRing(port, status, StatusRegister.EVENT_OVERFLOW, StatusRegister.EVENT_LOG_INTERRUPT);
        LogRing pageRequestRing = new LogRing(port, status, StatusRegister.PPR_OVERFLOW, StatusRegister.PPR_INTERRUPT);
        this.events = new EventLog(eventRing);
        this.pageRequests = new PageRequestLog(pageRequestRing);
        this.underWay = new PageRequestsUnderWay(this::arrive);
        this.commands = new CommandBuffer(features, port, events, status, ledger, suppression, underWay, pace);
        this.registers = new RegisterFile(features, port, status, commands, eventRing, pageRequestRing, ledger);
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
        ledger.loaded(address, value);
        commands.loaded(address);
    }

    @Override
    public Walker walker() {
        return registers.walker();
    }

    @Override
    public List<CacheKind> caches() {
        return AmdviCaches.ALL;
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
        MemoryReader reader = new MemoryReader(port);
        Translation out = new Translation();
        Walker walker = walker();
        walker.translate(request, reader, out);
        walker.admit(request, out);
        if (out.isFault()) {
            report(request, out, reader.lastAddress());
        }
        return out;
    }

    private void report(DmaRequest request, Translation fault, long structureAddress) {
        long entry = registers.deviceTable().entryAddress(request.requesterId());
        boolean readable = entry != -1 && port.isMemory(entry);
        long q0 = readable ? port.read64(entry) : 0;
        long q1 = readable ? port.read64(entry + 8) : 0;
        if (fault.faultCode() == EventCode.IO_PAGE_FAULT && !suppression.admits(request.requesterId(), q1)) {
            return;
        }
        int guestPasid = request.pasid();
        if (!request.hasPasid() && DeviceTableEntry.guestValid(q0) && DeviceTableEntry.guestWithoutPasid(q0)) {
            guestPasid = 0;
        }
        events.fault(request, fault, guestPasid, DeviceTableEntry.domainId(q1), structureAddress);
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
        long record = PageRequestLog.record(request);
        boolean accepted = acceptsPageRequests(request.requesterId());
        boolean recorded = accepted && pageRequests.append(record, request.address());
        if (!accepted) {
            events.invalidPageRequest(record, request.address());
        }
        if (!recorded) {
            port.pageRequestLost(request);
        }
        return recorded;
    }

    private boolean acceptsPageRequests(int requesterId) {
        ControlRegister control = registers.control();
        long entry = registers.deviceTable().entryAddress(requesterId);
        if (!control.iommuEnabled() || !control.pageRequestsEnabled() || entry == -1 || !port.isMemory(entry)) {
            return false;
        }
        long q0 = port.read64(entry);
        return DeviceTableEntry.valid(q0)
                && DeviceTableEntry.translationValid(q0)
                && DeviceTableEntry.acceptsPageRequests(q0);
    }

    @Override
    public CpuPageTable newCpuPageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        return new X86PageTable(memory, levels == 0 ? X86PageTable.USUAL_LEVELS : levels, pointerOf);
    }

    @Override
    public GuestContext newGuestContext(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        guests++;
        int tableLevels = levels == 0 ? X86PageTable.USUAL_LEVELS : levels;
        return new Gcr3GuestContext(memory, tableLevels, pointerOf, guests, features.guestWithoutPasid());
    }
}
