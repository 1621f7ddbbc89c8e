package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.qemu.mirror.InstantListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Does DMA at every instant of one operation: of the subject through a page never used before, through one that is used all
 * the time, and through one of the others in turn, each reading and writing; of the bystander, if there is one, a read.
 */
final class Watch implements InstantListener {
    private static final long[] IN_TURN = {
        TestPages.RIGHTS, TestPages.EVEN_ONLY, TestPages.LARGE, TestPages.ODD_ONLY, TestPages.SCRATCH
    };

    private final QemuMachine machine;
    private final QemuDevice subject;
    private QemuDevice subjectNow;
    private final @Nullable QemuDevice bystander;
    private final DmaProbe subjectDma;
    private final @Nullable DmaProbe bystanderDma;
    private final Set<Long> asked = new LinkedHashSet<>();
    private final Set<Integer> instants = new LinkedHashSet<>();
    private int freshUsed;
    private boolean busy;

    Watch(QemuMachine machine, QemuDevice subject, Optional<QemuDevice> bystander) {
        this.machine = machine;
        this.subject = subject;
        this.subjectNow = subject;
        this.bystander = bystander.orElse(null);
        this.subjectDma = probe(machine, subject);
        this.bystanderDma = bystander.map(device -> probe(machine, device)).orElse(null);
    }

    private static DmaProbe probe(QemuMachine machine, QemuDevice device) {
        return new DmaProbe(machine.board().qtest(), device, machine::outputs);
    }

    /** Loads marks and warms caches: everything but the fresh pages has been used when the operation begins. */
    void prepare(TestDomain reachable) {
        TestDomain before = subject.attached();
        if (before.isBlocked()) {
            machine.set(subject, reachable);
        }
        subjectDma.loadMark();
        machine.set(subject, before);
        if (bystanderDma != null) {
            bystanderDma.loadMark();
            bystanderDma.dma(0, TestPages.WARM, false);
        }
        subjectDma.dma(0, TestPages.WARM, false);
        for (long page : IN_TURN) {
            subjectDma.dma(0, page, false);
        }
        asked.add(TestPages.WARM);
    }

    @Override
    public void happened(int instant) {
        if (busy) {
            return;
        }
        busy = true;
        instants.add(instant);
        if (freshUsed >= machine.freshPages()) {
            throw new IllegalStateException("the operation has more instants than there are fresh pages");
        }
        long fresh = TestPages.FRESH + TestPages.PAGE * freshUsed++;
        both(instant, fresh);
        both(instant, TestPages.WARM);
        both(instant, IN_TURN[instants.size() % IN_TURN.length]);
        if (bystanderDma != null) {
            bystanderDma.dma(instant, TestPages.WARM, false);
        }
        busy = false;
    }

    private void both(int instant, long page) {
        asked.add(page);
        subjectDma.dma(instant, page, false);
        subjectDma.dma(instant, page, true);
    }

    /** DMA through every page that is used in turn: for the time after an operation. */
    void everything(int instant) {
        happened(instant);
        for (long page : IN_TURN) {
            both(instant, page);
        }
    }

    /** What was met. Needs a domain to read the devices' buffers out through. */
    List<Seen> results(TestDomain reachable) {
        List<Seen> results = new ArrayList<>(read(subjectNow, subjectDma, reachable));
        if (bystander != null && bystanderDma != null) {
            results.addAll(read(bystander, bystanderDma, reachable));
        }
        return results;
    }

    private List<Seen> read(QemuDevice device, DmaProbe dma, TestDomain reachable) {
        TestDomain before = device.attached();
        if (before.isBlocked()) {
            machine.set(device, reachable);
        }
        List<Seen> results = dma.results();
        machine.set(device, before);
        return results;
    }

    /** The subject was released; the driver knows it as {@code device} now. */
    void probedAgain(QemuDevice device) {
        subjectNow = device;
    }

    QemuDevice subject() {
        return subject;
    }

    Optional<QemuDevice> bystander() {
        return Optional.ofNullable(bystander);
    }

    /** Addresses that were asked for. */
    long[] asked() {
        return asked.stream().mapToLong(Long::longValue).toArray();
    }

    /** Instants at which DMA was done. */
    int instants() {
        return instants.size();
    }
}
