package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.unit.UndoStack;

/**
 * Turns a remapping unit on: queue, root table, caches dropped, page requests, translation last. What was done is undone
 * if a later step fails.
 */
final class BringUp {
    private final Platform platform;
    private final UnitParts parts;
    private final HardwareCapabilities hardware;
    private final GlobalCommand command;
    private final UndoStack undo = new UndoStack();

    /** Reads the capabilities. Throws EOPNOTSUPP if this driver cannot do anything with them. */
    BringUp(Platform platform, UnitParts parts) {
        this.platform = platform;
        this.parts = parts;
        this.hardware = HardwareCapabilities.read(platform.registers());
        this.command = new GlobalCommand(platform);
        if (!hardware.scalableMode()) {
            throw new IommuException(
                    Errno.EOPNOTSUPP, "this IOMMU has no scalable mode (ECAP.SMTS is 0); this driver needs it");
        }
        if (!hardware.queuedInvalidation()) {
            throw new IommuException(
                    Errno.EOPNOTSUPP, "this IOMMU has no queued invalidation (ECAP.QI is 0); this driver needs it");
        }
    }

    /** Does it. Throws ENOMEM, EIO, ETIMEDOUT. */
    RemappingUnit run() {
        return undo.undoingOnFailure(this::turnOn);
    }

    private RemappingUnit turnOn() {
        quiesce();
        FaultLog faults = new FaultLog(platform, hardware);
        faults.clear();
        InvalidationQueue queue = parts.queue(platform, command);
        undo.push(queue::free);
        queue.enable();
        undo.push(queue::disable);
        Invalidations invalidations = parts.invalidations(queue, hardware);
        PhysicalMemory memory =
                hardware.needsWriteBufferFlush() ? new BufferedMemory(platform.memory(), command) : platform.memory();
        EntryMemory tables = new EntryMemory(memory, hardware.coherentTables());
        ContextTables contexts = parts.contexts(tables, invalidations, hardware);
        undo.push(contexts::free);
        installRoot(contexts, invalidations);
        PageRequestQueue pageRequests = null;
        if (hardware.pageRequests()) {
            pageRequests = new PageRequestQueue(platform, queue, invalidations);
            undo.push(pageRequests::free);
            pageRequests.enable();
        }
        command.set(Registers.TRANSLATION_ENABLE, true, "GSTS.TES");
        return new RemappingUnit(
                platform,
                hardware,
                command,
                queue,
                invalidations,
                tables,
                contexts,
                parts.writer(tables, invalidations, hardware),
                faults,
                pageRequests,
                domainIds());
    }

    /** Somebody before us, firmware or an earlier kernel, may have left things on. */
    private void quiesce() {
        if (command.isSet(Registers.TRANSLATION_ENABLE)) {
            command.set(Registers.TRANSLATION_ENABLE, false, "GSTS.TES");
        }
        if (command.isSet(Registers.QUEUED_INVALIDATION_ENABLE)) {
            command.set(Registers.QUEUED_INVALIDATION_ENABLE, false, "GSTS.QIES");
        }
        platform.registers()
                .write32(Registers.FSTS, Registers.QUEUE_ERROR | Registers.COMPLETION_ERROR | Registers.DEVICE_TIMEOUT);
    }

    private void installRoot(ContextTables contexts, Invalidations invalidations) {
        platform.registers().write64(Registers.RTADDR, contexts.root() | Registers.TABLE_MODE_SCALABLE);
        command.takeRootTable();
        if (!hardware.rootPointerInvalidates()) {
            invalidations.allContexts();
            invalidations.allPasidEntries();
            invalidations.allTranslations();
        }
    }

    private IdAllocator domainIds() {
        return new IdAllocator(
                "domain id",
                RemappingUnit.IDENTITY_DOMAIN_ID + 1,
                (1 << hardware.domainIdBits()) - 1,
                IdAllocator.Order.ROUND_ROBIN,
                platform.locks().create("vtd.domain-ids", "domain ids"));
    }
}
