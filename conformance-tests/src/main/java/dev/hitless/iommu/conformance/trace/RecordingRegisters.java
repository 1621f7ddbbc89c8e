package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.hardware.HardwareModel;

/** Registers of a hardware model; every access is noted down. */
final class RecordingRegisters implements RegisterBank {
    private final TraceRecorder recorder;
    private final HardwareModel model;
    private final RecordingPort port;

    /** @param port by which the model reaches memory */
    RecordingRegisters(TraceRecorder recorder, HardwareModel model, RecordingPort port) {
        this.recorder = recorder;
        this.model = model;
        this.port = port;
    }

    @Override
    public int read32(long offset) {
        return (int) read(offset, 32);
    }

    @Override
    public long read64(long offset) {
        return read(offset, 64);
    }

    private long read(long offset, int bits) {
        recorder.points().call();
        long value = model.readRegister(offset, bits);
        long seen = bits == 32 ? Integer.toUnsignedLong((int) value) : value;
        recorder.add(new TraceEvent.RegisterRead(offset, bits, seen));
        return seen;
    }

    @Override
    public void write32(long offset, int value) {
        write(offset, 32, Integer.toUnsignedLong(value));
    }

    @Override
    public void write64(long offset, long value) {
        write(offset, 64, value);
    }

    private void write(long offset, int bits, long value) {
        recorder.points().registerWrite();
        recorder.add(new TraceEvent.RegisterWrite(offset, bits, value));
        port.fetchingCommands(() -> model.writeRegister(offset, bits, value));
    }
}
