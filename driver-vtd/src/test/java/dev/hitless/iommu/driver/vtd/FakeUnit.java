package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.ArrayList;
import java.util.List;

/**
 * A platform with just enough of a remapping unit behind it: registers that acknowledge, and a queue whose wait
 * descriptors complete. It understands no command; it notes down everything in {@link #log}.
 */
final class FakeUnit implements Platform, RegisterBank, EventSink {
    /** SAGAW 39, 48 and 57 bits, ND 6, MGAW 57, FRO 0x40, SLLPS both, PSI, one fault record, MAMV 18, FL1GP, FL5LP, ESRTPS. */
    static final long CAP =
            6L | 7L << 9 | 56L << 16 | 0x40L << 24 | 3L << 34 | 1L << 39 | 18L << 48 | 1L << 56 | 1L << 60 | 1L << 63;

    /** C, QI, DT, PT, NEST, PRS, SRS, EAFS, PSS 19, PASID, PDS, SMTS, SSTS, FSTS, SMPWC. */
    static final long ECAP = 1L | 1L << 1 | 1L << 2 | 1L << 6 | 1L << 26 | 1L << 29 | 1L << 31 | 1L << 34 | 19L << 35
            | 1L << 40 | 1L << 42 | 1L << 43 | 1L << 46 | 1L << 47 | 1L << 48;

    /** What becomes of the descriptors that are submitted. */
    enum Mood {
        WORKS,
        REJECTS,
        DEVICE_SILENT,
        DEAD
    }

    final List<String> log = new ArrayList<>();
    final FakeMemory memory = new FakeMemory(log);
    final List<InvalidationDescriptor> executed = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    final List<FaultReport> faults = new ArrayList<>();
    final List<PageRequest> pageRequests = new ArrayList<>();
    final long[] registers = new long[0x1000];
    /** Moods of the next doorbells; works after that. */
    final List<Mood> moods = new ArrayList<>();
    /** Page requests are dropped all the time. */
    boolean overflows;
    /** Which read of the page-request status from now on says that one was dropped; 0 none. */
    int overflowAtRead;
    /** Bits of GCMD that are never acknowledged. */
    int deafTo;

    FakeUnit(long cap, long ecap) {
        registers[0x08] = cap;
        registers[0x10] = ecap;
    }

    static FakeUnit withEverything() {
        return new FakeUnit(CAP, ECAP);
    }

    VtdDriver driver() {
        return VtdDriverProvider.create(this, DriverOptions.DEFAULTS, new UnitParts());
    }

    /** A device with PASIDs of 20 bits, with or without ATS and PRI. */
    DeviceDescription device(String name, int requesterId, boolean ats) {
        return new DeviceDescription(name, List.of(requesterId), 20, ats, ats ? 8 : 0, ats, new Function(name));
    }

    /** The log from now on, without barriers and stores to the queue. */
    List<String> commandsSince(int mark) {
        return log.subList(mark, log.size()).stream()
                .filter(line -> line.startsWith("command"))
                .map(line -> line.substring("command ".length()))
                .toList();
    }

    @Override
    public FakeMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        return this;
    }

    @Override
    public Waiter waiter() {
        return (what, condition, timeoutMicros) -> {
            for (int i = 0; i < 4; i++) {
                if (condition.getAsBoolean()) {
                    return true;
                }
            }
            return false;
        };
    }

    @Override
    public Locks locks() {
        return (lockClass, name) -> new DriverLock() {
            private boolean held;

            @Override
            public void lock() {
                if (held) {
                    throw new AssertionError("lock " + lockClass + " of " + name + " is taken twice");
                }
                held = true;
            }

            @Override
            public void unlock() {
                held = false;
            }
        };
    }

    @Override
    public EventSink events() {
        return this;
    }

    @Override
    public int read32(long offset) {
        if (offset == 0xDC && (overflows || --overflowAtRead == 0)) {
            return 2;
        }
        return (int) registers[(int) offset];
    }

    @Override
    public long read64(long offset) {
        return registers[(int) offset];
    }

    @Override
    public void write32(long offset, int value) {
        log.add(String.format("write32 %x %x", offset, value));
        if (offset == 0x18) {
            command(value);
        } else if (offset == 0x34) {
            registers[0x34] &= ~(value & 0x71);
        } else if (offset == 0xDC) {
            registers[0xDC] &= ~value;
        } else {
            registers[(int) offset] = value;
        }
    }

    private void command(int value) {
        int lasting = 0x8680_0000;
        int oneShot = value & ~lasting & ~(1 << 27);
        int now = (int) registers[0x1C] & ~lasting & ~deafTo | value & lasting & ~deafTo | oneShot & ~deafTo;
        if ((value & 1 << 26) != 0 && (registers[0x1C] & 1 << 26) == 0) {
            registers[0x80] = 0;
        }
        registers[0x1C] = now;
    }

    @Override
    public void write64(long offset, long value) {
        log.add(String.format("write64 %x %x", offset, value));
        if (offset >= 0x400 && (value & 1L << 63) != 0) {
            registers[(int) offset] = 0;
            return;
        }
        registers[(int) offset] = value;
        if (offset == 0x88) {
            fetch();
        }
    }

    private void fetch() {
        if (registers[0x80] == registers[0x88]) {
            return;
        }
        Mood mood = moods.isEmpty() ? Mood.WORKS : moods.remove(0);
        if (mood == Mood.REJECTS) {
            registers[0x34] |= 1 << 4;
        } else if (mood == Mood.DEVICE_SILENT) {
            registers[0x34] |= 1 << 6;
            registers[0x80] = registers[0x88];
        } else if (mood == Mood.WORKS && (registers[0x1C] & 1 << 26) != 0) {
            while (registers[0x80] != registers[0x88]) {
                execute((registers[0x90] & -4096L) + registers[0x80]);
                registers[0x80] = (registers[0x80] + 32) % 4096;
            }
        }
    }

    private void execute(long address) {
        InvalidationDescriptor descriptor =
                new InvalidationDescriptor(memory.load64(address), memory.load64(address + 8));
        if ((descriptor.word0() & 0xF) != 5) {
            executed.add(descriptor);
            log.add("command " + describe(descriptor));
        } else if ((descriptor.word0() & 1 << 5) != 0) {
            memory.words.put(descriptor.word1(), descriptor.word0() >>> 32);
            log.add("wait");
        }
    }

    /** Type and operands in the test's own words. */
    private static String describe(InvalidationDescriptor descriptor) {
        long word = descriptor.word0();
        long granularity = word >>> 4 & 3;
        long domainId = word >>> 16 & 0xFFFF;
        long pasid = word >>> 32 & 0xFFFFF;
        return switch ((int) (word & 0xF)) {
            case 1 -> granularity == 1 ? "all contexts" : String.format("context %x", word >>> 32 & 0xFFFF);
            case 2 ->
                granularity == 1
                        ? "all translations"
                        : granularity == 2
                                ? "domain " + domainId
                                : String.format("domain %d pages %x", domainId, descriptor.word1());
            case 3 -> String.format("device %x", word >>> 32 & 0xFFFF);
            case 6 ->
                granularity == 2
                        ? "pasid " + pasid + " of domain " + domainId
                        : String.format("pasid %d of domain %d pages %x", pasid, domainId, descriptor.word1());
            case 7 -> granularity == 3 ? "all entries" : "entry of pasid " + pasid + " with domain " + domainId;
            case 8 -> String.format("device %x pasid %d", domainId, pasid);
            case 9 -> "page response";
            default -> throw new AssertionError("descriptor of unknown type: " + descriptor);
        };
    }

    @Override
    public void fault(FaultReport fault) {
        faults.add(fault);
    }

    @Override
    public void pageRequest(PageRequest request) {
        pageRequests.add(request);
    }

    @Override
    public void warning(String message) {
        warnings.add(message);
    }

    @Override
    public void planned(String deviceName, Pasid pasid, ReplacePlan plan) {
        log.add("plan " + plan.label());
    }

    /** Notes down what is switched. */
    final class Function implements PciFunction {
        private final String name;
        boolean present = true;

        private Function(String name) {
            this.name = name;
        }

        @Override
        public boolean isPresent() {
            return present;
        }

        @Override
        public void setPasidEnabled(boolean enabled) {
            log.add(name + " PASID " + enabled);
        }

        @Override
        public void setAtsEnabled(boolean enabled) {
            log.add(name + " ATS " + enabled);
        }

        @Override
        public void setPriEnabled(boolean enabled) {
            log.add(name + " PRI " + enabled);
        }
    }
}
