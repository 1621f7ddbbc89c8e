package dev.hitless.iommu.qemu.mirror;

import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.qemu.qtest.QtestConnection;
import dev.hitless.iommu.qemu.unit.DepartureCount;
import dev.hitless.iommu.qemu.unit.EmulatedIommu;

/**
 * What a driver gets when it runs on QEMU. Its stores go to QEMU's memory and to the recording platform's, at the same
 * addresses; its register writes to QEMU's IOMMU and to the model. What it reads comes from QEMU, and the model must say
 * the same.
 */
public final class MirroringPlatform implements Platform {
    private final RecordingPlatform recording;
    private final Both both;
    private final MirroredMemory memory;
    private final MirroredRegisters registers;

    /** What memory and registers have in common. */
    static final class Both {
        final RecordingPlatform recording;
        final Disagreements disagreements = new Disagreements();
        final DepartureCount departures = new DepartureCount();
        InstantListener listener = InstantListener.NONE;
        boolean onlyQemu;

        Both(RecordingPlatform recording) {
            this.recording = recording;
        }

        void tellChange() {
            int instant = recording.lastEvent();
            if (instant >= 0) {
                listener.happened(instant);
            }
        }

        /** A read is an event, and one that showed the completion of a command is followed by another. */
        void tellIfCompletionWasSeen(int before) {
            if (recording.lastEvent() > before + 1) {
                tellChange();
            }
        }
    }

    /**
     * @param recording with the model
     * @param qtest QEMU
     * @param iommu which IOMMU that QEMU has
     * @param emulated its registers
     */
    public MirroringPlatform(
            RecordingPlatform recording, QtestConnection qtest, EmulatedIommu iommu, RegisterBank emulated) {
        this.recording = recording;
        this.both = new Both(recording);
        this.memory = new MirroredMemory(both, qtest);
        this.registers = new MirroredRegisters(both, iommu, emulated);
    }

    /** Has {@code listener} called from now on while an operation is recorded. */
    public void listen(InstantListener listener) {
        both.listener = listener;
    }

    /**
     * Runs {@code action} with QEMU alone: the model sees nothing of it. For reading logs, whose content is QEMU's own.
     */
    public void onQemuAlone(Runnable action) {
        both.onlyQemu = true;
        try {
            action.run();
        } finally {
            both.onlyQemu = false;
        }
    }

    /** Where QEMU and the model differed so far. */
    public Disagreements disagreements() {
        return both.disagreements;
    }

    /** Departures of QEMU that were met so far; who finds others adds them. */
    public DepartureCount departures() {
        return both.departures;
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        return registers;
    }

    @Override
    public Waiter waiter() {
        return recording.waiter();
    }

    @Override
    public Locks locks() {
        return recording.locks();
    }

    @Override
    public EventSink events() {
        return recording.events();
    }
}
