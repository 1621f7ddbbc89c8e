package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.ReplacePlan;
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
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.Invalidation;
import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * The platform of the conformance suite: a driver on one side, a hardware model on the other, every port call noted down
 * while {@link #record} runs. No clock: a wait that is not over after a fixed number of polls in which hardware takes no
 * command never ends. No threads
 * either, but for those of {@link #recordOverlapping}, of which one runs at a time.
 */
public final class RecordingPlatform implements ModelledPlatform {
    private static final int POLLS_BEFORE_TIME_OUT = 3;

    private final TraceRecorder recorder = new TraceRecorder();
    private final FaultPlan faults = new FaultPlan();
    private final RecordingMemory memory;
    private final HardwareModel model;
    private final HeldLocks locks = new HeldLocks(recorder);
    private final Set<String> atsOn = new TreeSet<>();
    private final Set<String> gone = new TreeSet<>();
    private final Map<String, List<Integer>> requesterIds = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<FaultReport> faultReports = new ArrayList<>();
    private final PageRequestRecord pageRequests = new PageRequestRecord();
    private final Set<Long> queuePages = new HashSet<>();
    private boolean doorbell;
    private int commands;

    /**
     * @param configuration the hardware to stand in
     * @param store128 whether the platform offers 128-bit stores
     */
    public RecordingPlatform(HardwareModelProvider provider, HardwareConfiguration configuration, boolean store128) {
        this.memory = new RecordingMemory(recorder, store128, faults, this::vanishIfPlanned);
        this.model = provider.create(configuration, new Port());
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
        Set<String> atsBefore = Set.copyOf(atsOn);
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
        Set<String> atsBefore = Set.copyOf(atsOn);
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
        return Set.copyOf(queuePages);
    }

    /** Names of devices whose ATS is on. */
    public Set<String> atsOn() {
        return Set.copyOf(atsOn);
    }

    /** Warnings of the driver so far. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Faults that the driver reported so far. */
    public List<FaultReport> faultReports() {
        return List.copyOf(faultReports);
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
        return new Function(name);
    }

    @Override
    public void connect(String name, List<Integer> ids) {
        requesterIds.put(name, List.copyOf(ids));
    }

    /**
     * Takes the function away, as surprise removal does: it does not answer any more, and what it had cached is gone with
     * it.
     */
    public void remove(String name) {
        if (gone.add(name)) {
            atsOn.remove(name);
            recorder.add(new TraceEvent.Vanished(name));
        }
    }

    private boolean isGone(int requesterId) {
        return gone.stream()
                .anyMatch(name -> requesterIds.getOrDefault(name, List.of()).contains(requesterId));
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        return new Registers();
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
        return new Sink();
    }

    private void vanishIfPlanned(String call) {
        if (faults.failsNow(Fault.GONE, call)) {
            remove(faults.victim());
        }
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

    private final class Registers implements RegisterBank {
        @Override
        public int read32(long offset) {
            recorder.points().call();
            int value = (int) model.readRegister(offset, 32);
            recorder.add(new TraceEvent.RegisterRead(offset, 32, Integer.toUnsignedLong(value)));
            return value;
        }

        @Override
        public long read64(long offset) {
            recorder.points().call();
            long value = model.readRegister(offset, 64);
            recorder.add(new TraceEvent.RegisterRead(offset, 64, value));
            return value;
        }

        @Override
        public void write32(long offset, int value) {
            recorder.points().registerWrite();
            recorder.add(new TraceEvent.RegisterWrite(offset, 32, Integer.toUnsignedLong(value)));
            doorbell = true;
            model.writeRegister(offset, 32, Integer.toUnsignedLong(value));
            doorbell = false;
        }

        @Override
        public void write64(long offset, long value) {
            recorder.points().registerWrite();
            recorder.add(new TraceEvent.RegisterWrite(offset, 64, value));
            doorbell = true;
            model.writeRegister(offset, 64, value);
            doorbell = false;
        }
    }

    private final class Sink implements EventSink {
        @Override
        public void fault(FaultReport fault) {
            recorder.points().call();
            faultReports.add(fault);
        }

        @Override
        public void pageRequest(PageRequest request) {
            recorder.points().call();
            pageRequests.delivered(request);
        }

        @Override
        public void warning(String message) {
            recorder.points().call();
            warnings.add(message);
            recorder.add(new TraceEvent.Warning(message));
        }

        @Override
        public void planned(String deviceName, Pasid pasid, ReplacePlan plan) {
            recorder.points().call();
            recorder.add(new TraceEvent.Planned(deviceName, pasid.value(), plan));
        }
    }

    private final class Port implements HardwarePort {
        @Override
        public long read64(long address) {
            recorder.points().hardwareRead(address);
            if (doorbell) {
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
            vanishIfPlanned(command);
            if (target >= 0 && isGone(target)) {
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

    private final class Function implements PciFunction {
        private final String name;

        Function(String name) {
            this.name = name;
        }

        @Override
        public boolean isPresent() {
            recorder.points().call();
            return !gone.contains(name);
        }

        @Override
        public void setPasidEnabled(boolean enabled) {
            recorder.points().call();
            recorder.add(new TraceEvent.FunctionControl(name, TraceEvent.FunctionControl.Feature.PASID, enabled));
        }

        @Override
        public void setAtsEnabled(boolean enabled) {
            recorder.points().call();
            recorder.add(new TraceEvent.FunctionControl(name, TraceEvent.FunctionControl.Feature.ATS, enabled));
            if (enabled && isPresent()) {
                atsOn.add(name);
            } else {
                atsOn.remove(name);
            }
        }

        @Override
        public void setPriEnabled(boolean enabled) {
            recorder.points().call();
            recorder.add(new TraceEvent.FunctionControl(name, TraceEvent.FunctionControl.Feature.PRI, enabled));
        }
    }
}
