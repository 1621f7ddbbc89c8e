package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.unit.UndoStack;
import org.jspecify.annotations.Nullable;

/**
 * Turns an IOMMU on: device table, command buffer, event log, guest translation, then the IOMMU itself, and the caches are
 * dropped. What was done is undone if a later step fails.
 *
 * <p>Before the IOMMU is on, DMA passes untranslated; from then on all of it is blocked.
 */
final class BringUp {
    private static final int LAST_DOMAIN_ID = 0xFFFF;

    private final Platform platform;
    private final UnitParts parts;
    private final DeviceTableShape shape;
    private final int fetchBits;
    private final HardwareCapabilities hardware;
    private final ControlRegister control;
    private final UndoStack undo = new UndoStack();

    /** Reads the capabilities. */
    BringUp(Platform platform, UnitParts parts, DeviceTableShape shape, int fetchBits) {
        this.platform = platform;
        this.parts = parts;
        this.shape = shape;
        this.fetchBits = fetchBits;
        this.hardware = HardwareCapabilities.read(platform.registers());
        this.control = new ControlRegister(platform);
    }

    /** Does it. Throws EINVAL, ENOMEM, EIO, ETIMEDOUT. */
    AmdviUnit run() {
        return undo.undoingOnFailure(this::turnOn);
    }

    private AmdviUnit turnOn() {
        shape.requirePossible(hardware);
        // Somebody before us, firmware or an earlier kernel, may have left things on.
        control.clearAll();
        DeviceTable table = new DeviceTable(platform.memory(), shape.lastDeviceId(), shape.segmentBits(), fetchBits);
        undo.push(table::free);
        CommandBuffer commands = parts.commands(platform, control);
        undo.push(commands::free);
        EventLog events = new EventLog(platform, control);
        undo.push(events::free);
        table.install(platform.registers(), control);
        commands.enable();
        undo.push(commands::disable);
        events.enable();
        undo.push(events::disable);
        excludeNothing();
        control.set(featuresToEnable());
        undo.push(control::clearAll);
        control.set(Registers.IOMMU_ENABLE);
        commands.awaitRunning();
        Invalidations invalidations = parts.invalidations(commands, hardware);
        invalidations.everything();
        return new AmdviUnit(
                platform,
                hardware,
                control,
                commands,
                invalidations,
                table,
                parts.writer(table, invalidations),
                events,
                pageRequests(commands),
                domainIds());
    }

    /** The exclusion range passes untranslated. */
    private void excludeNothing() {
        platform.registers().write64(Registers.EXCLUSION_BASE, 0);
        platform.registers().write64(Registers.EXCLUSION_LIMIT, 0);
    }

    private long featuresToEnable() {
        return Registers.COHERENT
                | Registers.EVENT_INTERRUPT_ENABLE
                | (hardware.guestTranslation() ? Registers.GUEST_TRANSLATION_ENABLE : 0)
                | (hardware.nesting() ? Registers.GUEST_ROOT_MODE : 0)
                | (hardware.pasidBits() > 0 ? Registers.ENHANCED_PAGE_REQUESTS_ENABLE : 0);
    }

    private @Nullable PageRequestLog pageRequests(CommandBuffer commands) {
        if (hardware.pasidBits() == 0 || !hardware.deviceTlb()) {
            return null;
        }
        PageRequestLog log = new PageRequestLog(platform, control, commands);
        undo.push(log::free);
        control.set(Registers.PAGE_REQUEST_ENABLE | Registers.PAGE_REQUEST_INTERRUPT_ENABLE);
        log.enable();
        return log;
    }

    private IdAllocator domainIds() {
        return new IdAllocator(
                "DomainID",
                1,
                LAST_DOMAIN_ID,
                IdAllocator.Order.ROUND_ROBIN,
                platform.locks().create("amdvi.domain-ids", "DomainIDs"));
    }
}
