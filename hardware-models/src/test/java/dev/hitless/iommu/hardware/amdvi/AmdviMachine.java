package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashMap;
import java.util.Map;

/** An IOMMU that is switched on, with a device table of 256 entries and rings of 256 records. */
final class AmdviMachine {
    static final long CONTROL = 0x18;
    static final long HEAD = 0x2000;
    static final long TAIL = 0x2008;
    static final long STATUS = 0x2020;
    /** IommuEn, EventLogEn, Coherent, CmdBufEn, PPRLogEn, PPREn, GTEn. */
    static final long EVERYTHING_ON = 1 | 1 << 2 | 1 << 10 | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 16;

    static final int DEVICE = 0x18;
    static final int NO_PASID = DmaRequest.NO_PASID;

    private static final long RING_LENGTH = 8L << 56;

    final FakeBus bus = new FakeBus();
    final HardwareModel model;
    final long deviceTable = bus.allocate(0x2000, true);
    final long commands = bus.allocate(0x1000, true);
    final long events = bus.allocate(0x1000, true);
    final long pageRequests = bus.allocate(0x1000, true);
    final long semaphore = bus.allocate(0x1000, true);

    /** Options as name, value, name, value. */
    AmdviMachine(String... options) {
        Map<String, String> chosen = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            chosen.put(options[i], options[i + 1]);
        }
        AmdviHardwareModelProvider provider = new AmdviHardwareModelProvider();
        model = provider.create(HardwareConfiguration.of(provider.options(), chosen), bus);
        write(0x00, deviceTable | 1);
        write(0x08, commands | RING_LENGTH);
        write(0x10, events | RING_LENGTH);
        write(0x38, pageRequests | RING_LENGTH);
        long missing = chosen.getOrDefault("guest-translation", "yes").equals("no") ? 1L << 16 : 0;
        missing |= chosen.getOrDefault("pprsup", "yes").equals("no") ? 1L << 13 | 1L << 15 : 0;
        write(CONTROL, EVERYTHING_ON & ~missing);
    }

    long read(long register) {
        return model.readRegister(register, 64);
    }

    void write(long register, long value) {
        model.writeRegister(register, 64, value);
    }

    void set(int deviceId, Dte dte) {
        long address = deviceTable + deviceId * 32L;
        bus.store64(address, dte.q0);
        bus.store64(address + 8, dte.q1);
        bus.store64(address + 16, dte.q2);
        bus.store64(address + 24, dte.q3);
    }

    long page() {
        return bus.allocate(0x1000, true);
    }

    /** Writes table entry {@code index} of the table at {@code table}. */
    void entry(long table, int index, long value) {
        bus.store64(table + index * 8L, value);
    }

    /** Puts a command at tail and moves tail. */
    void command(long low, long high) {
        long tail = read(TAIL);
        bus.store64(commands + tail, low);
        bus.store64(commands + tail + 8, high);
        write(TAIL, (tail + 16) % 0x1000);
    }

    /** COMPLETION_WAIT that stores {@code data} at {@link #semaphore}. */
    void completionWait(long data) {
        command(1L << 60 | semaphore | 1, data);
    }

    /** What a driver would do to see it. */
    void loadSemaphore() {
        model.loaded(semaphore, bus.load64(semaphore));
    }

    Translation dmaRead(int pasid, long iova) {
        return model.access(new DmaRequest(DEVICE, pasid, iova, false, false));
    }

    Translation dmaWrite(int pasid, long iova) {
        return model.access(new DmaRequest(DEVICE, pasid, iova, true, false));
    }

    /** Walks without admitting. */
    Translation walk(int pasid, long iova, StructureReader reader) {
        Translation out = new Translation();
        model.walker().translate(new DmaRequest(DEVICE, pasid, iova, false, false), reader, out);
        return out;
    }

    /** First word of event record {@code index}. */
    long event(int index) {
        return bus.load64(events + index * 16L);
    }

    /** Second word of event record {@code index}. */
    long eventAddress(int index) {
        return bus.load64(events + index * 16L + 8);
    }

    /** Records in the event log, as its tail says. */
    long eventCount() {
        return (read(0x2018) - read(0x2010)) / 16;
    }
}
