package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import dev.hitless.iommu.conformance.platform.ModelledPlatform;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.Translation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * The platform of the conformance suite: a driver on one side, a hardware model on the other, every port call noted down
 * while {@link #record} runs. No clock: a wait that is not over after a fixed number of polls in which hardware takes no
 * command never ends. No threads either, but for those of {@link #recordOverlapping}, of which one runs at a time.
 */
public final class RecordingPlatform implements ModelledPlatform {
    private static final int POLLS_BEFORE_TIME_OUT = 3;

    private final TraceRecorder recorder = new TraceRecorder();
    private final FaultPlan faults = new FaultPlan();
    private final RecordingMemory memory;
    private final HardwareModel model;
    private final HeldLocks locks = new HeldLocks(recorder);
    private final RecordingFunctions functions = new RecordingFunctions(recorder, faults);
    private final PageRequestRecord pageRequests = new PageRequestRecord();
    private final RecordingEvents events = new RecordingEvents(recorder, pageRequests);
    private final RecordingPort port;

    /**
     * @param configuration the hardware to stand in
     * @param store128 whether the platform offers 128-bit stores
     */
    public RecordingPlatform(HardwareModelProvider provider, HardwareConfiguration configuration, boolean store128) {
        this.memory = new RecordingMemory(recorder, store128, faults, functions::vanishIfPlanned);
        this.port = new RecordingPort(recorder, memory, faults, functions, pageRequests);
        this.model = provider.create(configuration, port);
        this.memory.connect(model);
    }

    /**
     * Runs {@code operation} and returns what happened. An exception of the operation ends the trace and is not thrown:
     * it is the trace's end.
     *
     * @param name the operation and its arguments, for people
     */
    public Recording record(String name, Runnable operation) {
        MemoryImage before = memory.image();
        Set<String> atsBefore = functions.atsOn();
        recorder.start();
        recorder.add(new TraceEvent.Begin(name));
        RuntimeException failure = null;
        try {
            operation.run();
        } catch (RuntimeException thrown) {
            failure = thrown;
        }
        recorder.add(new TraceEvent.End(failure == null ? "" : String.valueOf(failure.getMessage())));
        Trace trace =
                new Trace(recorder.stop(), before, memory.image(), model.walker(), model.postedWrites(), atsBefore);
        return new Recording(trace, Optional.ofNullable(failure), locks.held());
    }

    /**
     * Index of the event that was noted down last, -1 while nothing is recorded. For who does something to other hardware
     * at the same instant.
     */
    public int lastEvent() {
        return recorder.last();
    }

    /**
     * Plays several operations at once, by one schedule, and returns what happened. An exception of an operation ends that
     * operation and is not thrown.
     *
     * @param operations what to run, in the order in which they are numbered, from 0
     * @param interleaver whose schedule it is
     * @param order where to note in which order locks are taken
     * @param shared what the operations are known to have in common, and where to note more of it
     */
    public OverlapRecording recordOverlapping(
            List<NamedOperation> operations, Interleaver interleaver, LockOrder order, SharedState shared) {
        MemoryImage before = memory.image();
        Set<String> atsBefore = functions.atsOn();
        OverlappingRun run = new OverlappingRun(recorder, locks, operations);
        locks.noteOrder(order);
        recorder.start();
        recorder.points().start(interleaver, shared);
        recorder.add(new TraceEvent.Begin(run.name()));
        Optional<String> deadlock = interleaver.play(run.players());
        recorder.points().stop();
        recorder.add(new TraceEvent.End(run.failure(deadlock)));
        Trace trace =
                new Trace(recorder.stop(), before, memory.image(), model.walker(), model.postedWrites(), atsBefore);
        return new OverlapRecording(
                trace, run.outcomes(), deadlock, recorder.points().commandPages());
    }

    @Override
    public HardwareModel model() {
        return model;
    }

    /** Makes fallible calls fail. */
    public FaultPlan faults() {
        return faults;
    }

    /** Translates a request now, without caches, on memory as it stands. */
    public Translation translate(DmaRequest request) {
        return model.access(request);
    }

    /** Bytes that are allocated now. */
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    /** Pages that the hardware has fetched commands from, by {@code address >>> 12}; no table lies in them. */
    public Set<Long> queuePages() {
        return port.queuePages();
    }

    /** Names of devices whose ATS is on. */
    public Set<String> atsOn() {
        return functions.atsOn();
    }

    /** Warnings of the driver so far. */
    public List<String> warnings() {
        return events.warnings();
    }

    /** Faults that the driver reported so far. */
    public List<FaultReport> faultReports() {
        return events.faultReports();
    }

    /** Page requests that the driver delivered so far. */
    public List<PageRequest> pageRequests() {
        return pageRequests.delivered();
    }

    /** Answers that reached devices so far. */
    public List<PageResponse> pageResponses() {
        return pageRequests.responses();
    }

    /** What became of page requests so far; goes on being filled. */
    public PageRequestRecord pageRequestRecord() {
        return pageRequests;
    }

    /**
     * From now on, while an operation is recorded, {@code hardware} is run right before each register access of the driver
     * takes its place in the trace, with that place: hardware acts on its own whenever it likes, and a driver can tell only
     * at a register access. It must leave the driver alone.
     */
    public void betweenAccesses(IntConsumer hardware) {
        recorder.betweenAccesses(hardware);
    }

    @Override
    public PciFunction function(String name) {
        return functions.function(name);
    }

    @Override
    public void connect(String name, List<Integer> ids) {
        functions.connect(name, ids);
    }

    /**
     * Takes the function away, as surprise removal does: it does not answer any more, and what it had cached is gone with
     * it.
     */
    public void remove(String name) {
        functions.remove(name);
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        return new RecordingRegisters(recorder, model, port);
    }

    @Override
    public Waiter waiter() {
        return this::await;
    }

    @Override
    public Locks locks() {
        return locks;
    }

    @Override
    public EventSink events() {
        return events;
    }

    private boolean await(String what, BooleanSupplier condition, long timeoutMicros) {
        int polls = faults.failsNow(Fault.LATE, what) ? POLLS_BEFORE_TIME_OUT : 0;
        while (polls < POLLS_BEFORE_TIME_OUT) {
            long taken = model.commandsTaken();
            if (recorder.points().turns().poll(condition)) {
                return true;
            }
            if (model.commandsTaken() != taken) {
                polls = 0;
                recorder.points().turns().hardwareActed();
            }
            // As long as others do something, what they do may be what is waited for.
            if (!recorder.points().turns().letOthersAct(what)) {
                polls++;
            }
        }
        recorder.add(new TraceEvent.TimedOut(what));
        return false;
    }
}
