package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.RingGeometry;
import dev.hitless.iommu.driver.support.unit.UndoStack;
import org.jspecify.annotations.Nullable;

/**
 * Turns an SMMU on, in the order that Linux uses: everything aborts, then stream table, command queue, caches dropped,
 * event and PRI queues, ATS checks, translation last. What was done is undone if a later step fails.
 */
final class BringUp {
    private static final long TIMEOUT_MICROS = 1_000_000;
    private static final int COMMAND_QUEUE_BITS = 8;
    private static final int EVENT_QUEUE_BITS = 7;
    private static final int PRI_QUEUE_BITS = 8;

    private final Platform platform;
    private final UnitParts parts;
    private final ContextLeaf contextLeaf;
    private final RegisterBank registers;
    private final HardwareCapabilities hardware;
    private final ControlRegister control;
    private final EntryMemory tables;
    private final UndoStack undo = new UndoStack();

    /** Reads the capabilities. Throws EOPNOTSUPP if this driver cannot do anything with them. */
    BringUp(Platform platform, UnitParts parts, ContextLeaf contextLeaf) {
        this.platform = platform;
        this.parts = parts;
        this.contextLeaf = contextLeaf;
        this.registers = platform.registers();
        this.hardware = HardwareCapabilities.read(registers);
        hardware.requireUsable();
        this.control = new ControlRegister(platform);
        this.tables = new EntryMemory(platform.memory(), hardware.coherent());
    }

    /** Does it. Throws ENOMEM, EIO, ETIMEDOUT. */
    SmmuUnit run() {
        return undo.undoingOnFailure(this::turnOn);
    }

    private SmmuUnit turnOn() {
        quiesce();
        StreamTable streams = new StreamTable(tables, hardware, newLock("stream-table"));
        releaseAfterwards(streams::free);
        registers.write64(Registers.STRTAB_BASE, Registers.STRTAB_BASE_RA | streams.base());
        registers.write32(Registers.STRTAB_BASE_CFG, streams.configuration());
        CommandRing ring = startCommandQueue();
        Invalidations invalidations = parts.invalidations(ring, hardware);
        invalidations.everything();
        EventLog eventLog = startEventQueue(invalidations);
        PageRequestQueue pageRequests = startPageRequestQueue(invalidations);
        if (hardware.ats()) {
            control.enable(Registers.CR0_ATSCHK);
        }
        control.enable(Registers.CR0_SMMUEN);
        return new SmmuUnit(
                platform,
                hardware,
                contextLeaf,
                control,
                ring,
                invalidations,
                tables,
                streams,
                new StreamTableEntries(hardware),
                parts.streamWriter(tables, new StreamTableEntryLayout(hardware.coherent())),
                parts.contextWriter(tables, new ContextDescriptorLayout(hardware.coherent())),
                eventLog,
                pageRequests,
                ids("ASID", hardware.asidBits()),
                ids("VMID", hardware.vmidBits()));
    }

    /** Somebody before us, firmware or an earlier kernel, may have left things on. Nothing gets through from now on. */
    private void quiesce() {
        control.abortWhileOff();
        control.disableAll();
        undo.push(control::disableAll);
        registers.write32(Registers.CR1, hardware.coherent() ? Registers.CR1_SNOOPED : 0);
        registers.write32(Registers.CR2, Registers.CR2_PTM | Registers.CR2_RECINVSID);
        registers.write32(Registers.GERRORN, registers.read32(Registers.GERROR));
    }

    private CommandRing startCommandQueue() {
        int bits = Math.min(COMMAND_QUEUE_BITS, hardware.commandQueueBits());
        RingGeometry geometry = new RingGeometry("command queue", 1 << bits, 2, 1, hardware.coherent(), TIMEOUT_MICROS);
        CommandRing ring = parts.commandQueue(platform, control, geometry);
        releaseAfterwards(ring::free);
        registers.write64(Registers.CMDQ_BASE, Registers.QUEUE_BASE_ALLOCATE | ring.base() | bits);
        registers.write32(Registers.CMDQ_PROD, 0);
        registers.write32(Registers.CMDQ_CONS, 0);
        control.enable(Registers.CR0_CMDQEN);
        return ring;
    }

    private EventLog startEventQueue(Invalidations commands) {
        RecordQueue queue = new RecordQueue(
                platform.memory(),
                registers,
                Registers.EVENTQ_PROD,
                Registers.EVENTQ_CONS,
                Math.min(EVENT_QUEUE_BITS, hardware.eventQueueBits()),
                4);
        releaseAfterwards(queue::free);
        queue.install(Registers.EVENTQ_BASE);
        control.enable(Registers.CR0_EVENTQEN);
        return new EventLog(queue, commands, platform.events(), newLock("event-queue"));
    }

    private @Nullable PageRequestQueue startPageRequestQueue(Invalidations commands) {
        if (!hardware.ats() || !hardware.pageRequests()) {
            return null;
        }
        RecordQueue queue = new RecordQueue(
                platform.memory(),
                registers,
                Registers.PRIQ_PROD,
                Registers.PRIQ_CONS,
                Math.min(PRI_QUEUE_BITS, hardware.pageRequestQueueBits()),
                2);
        releaseAfterwards(queue::free);
        queue.install(Registers.PRIQ_BASE);
        control.enable(Registers.CR0_PRIQEN);
        return new PageRequestQueue(queue, commands, platform.events(), newLock("pri-queue"), newLock("pri-handover"));
    }

    /** Memory that hardware uses is given back only when everything is off, which was the first to be noted. */
    private void releaseAfterwards(Runnable release) {
        undo.addLast(release);
    }

    private DriverLock newLock(String what) {
        return platform.locks().create("smmuv3." + what, what);
    }

    private IdAllocator ids(String what, int bits) {
        return new IdAllocator(
                what,
                1,
                (1 << bits) - 1,
                IdAllocator.Order.ROUND_ROBIN,
                newLock(what.toLowerCase(java.util.Locale.ROOT) + "s"));
    }
}
