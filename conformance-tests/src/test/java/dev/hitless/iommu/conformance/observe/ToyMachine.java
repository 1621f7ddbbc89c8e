package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import java.util.List;
import java.util.Map;

/** Two devices behind a toy IOMMU, and the steps that a driver can take. */
final class ToyMachine {
    static final Stream FIRST = new Stream("first", 0, DmaRequest.NO_PASID);
    static final Stream SECOND = new Stream("second", 1, DmaRequest.NO_PASID);
    static final List<Stream> STREAMS = List.of(FIRST, SECOND);

    private final ToyHardware toy;
    private final RecordingPlatform platform;
    private final long base;
    private int commands;

    ToyMachine(ToyHardware toy) {
        this.toy = toy;
        this.platform =
                new RecordingPlatform(ToyModel.provider(toy), HardwareConfiguration.of(List.of(), Map.of()), true);
        this.base = allocate(true);
        ((ToyModel) platform.model()).setBase(base);
    }

    ToyHardware toy() {
        return toy;
    }

    /** Page of the directory, or of the entries where there is none. */
    long base() {
        return base;
    }

    long allocate(boolean zeroed) {
        return platform.memory().allocate(ToyHardware.PAGE_BYTES, zeroed);
    }

    long load(long address) {
        return platform.memory().load64(address);
    }

    void free(long page) {
        platform.memory().free(page, ToyHardware.PAGE_BYTES);
    }

    void store(long address, long value) {
        platform.memory().store64(address, value);
    }

    void store128(long address, long low, long high) {
        platform.memory().store128(address, low, high);
    }

    void barrier() {
        platform.memory().writeBarrier();
    }

    void clean(long address) {
        platform.memory().cleanCache(address, 8);
    }

    void point(Stream stream, long entryPage) {
        store(base + 8L * stream.requesterId(), entryPage | ToyHardware.VALID);
    }

    /** Address of word {@code index} of the stream's entry in {@code page}. */
    long entryWord(long page, Stream stream, int index) {
        return page + (long) stream.requesterId() * ToyHardware.ENTRY_BYTES + 8L * index;
    }

    /** Writes a whole valid entry, valid bit last, without barriers. */
    void writeEntry(long page, Stream stream, int tag, long table, int attributes) {
        if (toy.hasAttributes()) {
            store(entryWord(page, stream, 1), attributes);
            store(entryWord(page, stream, 3), attributes);
        }
        store(entryWord(page, stream, toy.tableWord()), table);
        store(entryWord(page, stream, 0), ToyHardware.entryWord(tag));
    }

    /** A new lower table that maps every probed page to {@code output} plus its number of pages. */
    long newLowerTable(long output) {
        long table = allocate(true);
        for (int page = 0; page < toy.pages(); page++) {
            store(table + 8L * page, output + page * ToyHardware.PAGE_BYTES | ToyHardware.VALID);
        }
        return table;
    }

    /** Submits a command and returns its number. */
    int submit(ToyInvalidation.Scope scope, int operand) {
        platform.registers().write64(ToyModel.DOORBELL, (long) scope.ordinal() << 8 | operand);
        return commands++;
    }

    /** Sees that command {@code number} has completed. */
    void await(int number) {
        platform.registers().read64(ToyModel.COMPLETED + 8L * number);
    }

    void invalidate(ToyInvalidation.Scope scope, int operand) {
        await(submit(scope, operand));
    }

    void ats(Stream stream, boolean on) {
        platform.function(stream.device()).setAtsEnabled(on);
    }

    Trace record(Runnable operation) {
        return platform.record("toy operation", operation).trace();
    }

    /**
     * The same without register accesses, as on hardware that takes its commands in a way that orders nothing: only
     * barriers order then.
     */
    static Trace withoutRegisters(Trace trace) {
        List<TraceEvent> events = trace.events().stream()
                .filter(e -> !(e instanceof TraceEvent.RegisterWrite) && !(e instanceof TraceEvent.RegisterRead))
                .toList();
        return new Trace(events, trace.before(), trace.after(), trace.walker(), trace.postedWrites(), trace.atsOn());
    }

    long[] probes() {
        return toy.pages() == 1 ? new long[] {0} : new long[] {0, ToyHardware.PAGE_BYTES};
    }
}
