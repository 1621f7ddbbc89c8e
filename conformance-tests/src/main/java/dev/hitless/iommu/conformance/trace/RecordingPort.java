package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.Invalidation;
import dev.hitless.iommu.hardware.PageRequestMessage;
import java.util.HashSet;
import java.util.Set;

/** How a hardware model reaches the world on a recording platform: what it does is noted down, and may be made to fail. */
final class RecordingPort implements HardwarePort {
    private final TraceRecorder recorder;
    private final RecordingMemory memory;
    private final FaultPlan faults;
    private final RecordingFunctions functions;
    private final PageRequestRecord pageRequests;
    private final Set<Long> queuePages = new HashSet<>();
    private boolean fetching;
    private int commands;

    RecordingPort(
            TraceRecorder recorder,
            RecordingMemory memory,
            FaultPlan faults,
            RecordingFunctions functions,
            PageRequestRecord pageRequests) {
        this.recorder = recorder;
        this.memory = memory;
        this.faults = faults;
        this.functions = functions;
        this.pageRequests = pageRequests;
    }

    /** Runs {@code registerWrite}: what hardware reads meanwhile are commands. */
    void fetchingCommands(Runnable registerWrite) {
        fetching = true;
        registerWrite.run();
        fetching = false;
    }

    /** Pages that commands were fetched from, by {@code address >>> 12}. */
    Set<Long> queuePages() {
        return Set.copyOf(queuePages);
    }

    @Override
    public long read64(long address) {
        recorder.points().hardwareRead(address);
        if (fetching) {
            queuePages.add(address >>> 12);
        }
        return memory.peek(address);
    }

    @Override
    public boolean isMemory(long address) {
        return memory.isMemory(address);
    }

    @Override
    public void write64(long address, long value) {
        memory.poke(address, 64, value);
    }

    @Override
    public void write32(long address, int value) {
        memory.poke(address, 32, Integer.toUnsignedLong(value));
    }

    @Override
    public int submitted(Invalidation invalidation) {
        int number = commands++;
        recorder.add(new TraceEvent.Submitted(number, invalidation));
        return number;
    }

    @Override
    public void observed(int number) {
        recorder.add(new TraceEvent.Observed(number));
    }

    @Override
    public void fenced() {
        recorder.add(new TraceEvent.Fenced());
    }

    @Override
    public void writeBufferFlushed() {
        recorder.add(new TraceEvent.WriteBufferFlush());
    }

    @Override
    public void malformed(String complaint) {
        recorder.add(new TraceEvent.Malformed(complaint));
    }

    @Override
    public void pageResponse(int requesterId, int pasid, int group, PageAnswer answer) {
        pageRequests.answered(requesterId, pasid, group, answer);
    }

    @Override
    public void pageRequestLost(PageRequestMessage request) {
        pageRequests.lost(request);
    }

    @Override
    public Fate fateOf(String command) {
        return fate(command, -1);
    }

    @Override
    public Fate fateOf(Invalidation invalidation) {
        return fate(invalidation.describe(), invalidation.targetRequester());
    }

    private Fate fate(String command, int target) {
        functions.vanishIfPlanned(command);
        if (target >= 0 && functions.isGone(target)) {
            return Fate.LOSE;
        }
        if (faults.failsNow(Fault.REJECTED, command) || faults.failsNow(Fault.REJECTING, command)) {
            return Fate.REJECT;
        }
        boolean lost = faults.failsNow(Fault.LOST, command)
                || faults.failsNow(Fault.HUNG, command)
                || (target >= 0 && faults.failsNow(Fault.SILENT, command));
        return lost ? Fate.LOSE : Fate.EXECUTE;
    }
}
