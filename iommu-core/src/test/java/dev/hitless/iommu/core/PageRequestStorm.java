package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Devices send page requests, complete groups and beginnings of groups, while other threads attach, replace, detach, reset
 * and remove, take events, and answer. What each thread does is decided by a seed and bounded by rounds; when it does
 * it, by the machine.
 */
final class PageRequestStorm {
    private static final Pasid PASID = Pasid.of(5);
    private static final int DEVICES = 2;
    private static final int EVENT_THREADS = 2;
    private static final long PAUSE_NANOS = 20_000;
    private static final int LOOKS_BETWEEN_DEADLOCK_CHECKS = 50;

    private final StormDriver driver = new StormDriver();
    private final IommuCore core = IommuCore.over(driver, new JvmLocks(), warning -> {});
    private final SplittableRandom seeds;
    private final int rounds;
    private final AtomicInteger groups = new AtomicInteger();
    private final Queue<PageRequestGroup> later = new ConcurrentLinkedQueue<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private final List<Thread> helpers = new ArrayList<>();
    private volatile boolean working = true;

    PageRequestStorm(long seed, int rounds) {
        this.seeds = new SplittableRandom(seed);
        this.rounds = rounds;
        driver.connect(request -> core.reportPageRequest(driver, request));
    }

    /** Lets everybody loose. Returns what went wrong. */
    List<String> run() throws InterruptedException {
        for (int i = 0; i < DEVICES; i++) {
            Place place = new Place(i + 1);
            places.add(place);
            start(workers, "changes-" + i, place::change);
            start(helpers, "device-" + i, place::send);
        }
        for (int i = 0; i < EVENT_THREADS; i++) {
            start(helpers, "events-" + i, random -> whileWorking(core::serviceEvents));
        }
        start(helpers, "answers", random -> whileWorking(this::answerOne));
        await(workers);
        working = false;
        await(helpers);
        if (problems.isEmpty()) {
            core.serviceEvents();
            places.forEach(Place::leave);
            places.forEach(Place::judge);
            driver.answeredTwice().forEach(group -> problems.add("group " + group + " was answered twice"));
        }
        return List.copyOf(problems);
    }

    /** How many groups of page requests handlers were given. */
    int delivered() {
        return places.stream().mapToInt(place -> place.delivered.size()).sum();
    }

    private void start(List<Thread> threads, String name, Consumer<SplittableRandom> task) {
        SplittableRandom random = seeds.split();
        Thread thread = new Thread(
                () -> {
                    try {
                        task.accept(random);
                    } catch (RuntimeException | Error thrown) {
                        problems.add(name + " threw " + thrown);
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void whileWorking(Runnable task) {
        while (working && problems.isEmpty()) {
            task.run();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void answerOne() {
        PageRequestGroup group = later.poll();
        if (group != null) {
            answer(group, PageResponse.Code.SUCCESS);
        }
    }

    private static void answer(PageRequestGroup group, PageResponse.Code code) {
        try {
            group.answer(code);
        } catch (IommuException gone) {
            // The device was let go of meanwhile: nobody waits.
            return;
        }
    }

    /** Threads that wait for each other are found by what they wait for, and not by the clock. */
    private void await(List<Thread> threads) throws InterruptedException {
        int looks = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            LockSupport.parkNanos(PAUSE_NANOS);
            long[] stuck = ++looks % LOOKS_BETWEEN_DEADLOCK_CHECKS == 0
                    ? ManagementFactory.getThreadMXBean().findDeadlockedThreads()
                    : null;
            if (stuck != null) {
                problems.add("deadlock: "
                        + List.of(ManagementFactory.getThreadMXBean().getThreadInfo(stuck, true, true)));
                return;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** One attachment, from before the call that makes it to after the call that ends it. */
    private final class Attachment {
        final int number;
        final AttachHandle handle;
        final Queue<Integer> delivered = new ConcurrentLinkedQueue<>();
        volatile boolean over;

        Attachment(Place place, int number) {
            this.number = number;
            this.handle = new AttachHandle("number " + number, group -> place.take(this, group));
        }

        /** The call that ends it has returned: whoever attached may forget the handle. */
        void over() {
            over = true;
            for (int group : delivered) {
                if (driver.isWaiting(group)) {
                    problems.add("group " + group + " is not answered though its handle, " + handle + ", is free");
                }
            }
        }
    }

    /** A group of page requests, and which attachment it can have been for. */
    private record Sent(int group, int firstAttachment, int lastAttachment) {}

    private record Delivered(int group, int attachment) {}

    /** A device that has one PASID, with the threads that use it and change it. */
    private final class Place {
        private final int requester;
        private final DeviceDescription description;
        private final IommuGroup group;
        private final IommuDomain[] domains;
        private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
        private final Queue<Delivered> delivered = new ConcurrentLinkedQueue<>();
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private IommuDevice device;
        private Attachment attachment;

        Place(int requester) {
            this.requester = requester;
            this.description = GenerationsDriver.description(requester);
            this.group = core.createGroup("group-" + requester, driver, DomainType.BLOCKED);
            this.domains = new IommuDomain[] {driver.domain("one"), driver.domain("two")};
            this.device = core.addDevice(group, description);
            this.attachment = attach();
        }

        void take(Attachment of, PageRequestGroup requests) {
            int number = requests.requests().get(0).group();
            delivered.add(new Delivered(number, of.number));
            of.delivered.add(number);
            if (of.over && !requests.isAnswered()) {
                problems.add("group " + number + " came to " + of.handle + ", which is free");
            }
            switch (number % 4) {
                case 0 -> answer(requests, PageResponse.Code.SUCCESS);
                case 1 -> later.add(requests);
                case 2 -> throw new IllegalStateException("refused");
                default -> {
                    // Left to whoever ends the attachment.
                }
            }
        }

        private Attachment attach() {
            Attachment next = new Attachment(this, begun.incrementAndGet());
            core.attachDevicePasid(domains[next.number % 2], device, PASID, next.handle);
            done.set(next.number);
            return next;
        }

        /** By the other domain: the same one again would be a matter of the handle only, and drain nothing. */
        private void replace() {
            Attachment next = new Attachment(this, begun.incrementAndGet());
            core.replaceDevicePasid(domains[next.number % 2], device, PASID, next.handle);
            done.set(next.number);
            attachment.over();
            attachment = next;
        }

        private void detach() {
            begun.incrementAndGet();
            core.detachDevicePasid(attachedDomain(), device, PASID);
            done.set(begun.get());
            attachment.over();
        }

        private IommuDomain attachedDomain() {
            return Objects.requireNonNull(attachment.handle.domain());
        }

        void change(SplittableRandom random) {
            for (int round = 0; round < rounds && problems.isEmpty(); round++) {
                switch (random.nextInt(8)) {
                    case 0 -> {
                        detach();
                        attachment = attach();
                    }
                    case 1 -> {
                        core.prepareRecovery(device);
                        core.recoveryDone(device);
                    }
                    case 2 -> {
                        detach();
                        core.removeDevice(device);
                        device = core.addDevice(group, description);
                        attachment = attach();
                    }
                    default -> replace();
                }
                LockSupport.parkNanos(random.nextInt(50_000));
            }
        }

        void send(SplittableRandom random) {
            while (working && problems.isEmpty()) {
                int number = groups.getAndIncrement();
                int first = done.get();
                boolean more = true;
                for (int i = random.nextInt(3); i > 0 && more; i--) {
                    more = driver.send(request(number, false));
                }
                // One in eight breaks off before its last request: nobody is to answer it.
                if (more && random.nextInt(8) != 0 && driver.send(request(number, true))) {
                    sent.add(new Sent(number, first, begun.get()));
                }
                LockSupport.parkNanos(random.nextInt(20_000));
            }
        }

        private PageRequest request(int number, boolean last) {
            return new PageRequest(requester, PASID, number, last, 0x1000, true, false);
        }

        /** In the end: all that was sent is answered when the attachment is over. */
        void leave() {
            detach();
            core.serviceEvents();
            for (Sent one : sent) {
                if (driver.isWaiting(one.group())) {
                    problems.add("group " + one.group() + " waits for its answer for ever");
                }
            }
            core.removeDevice(device);
        }

        /** Each group came to one attachment at most, of those that stood while it was sent. */
        void judge() {
            Map<Integer, Sent> bySerial = new HashMap<>();
            sent.forEach(one -> bySerial.put(one.group(), one));
            Set<Integer> seen = new HashSet<>();
            for (Delivered one : delivered) {
                Sent origin = bySerial.get(one.group());
                if (origin == null || !seen.add(one.group())) {
                    problems.add("group " + one.group() + " was delivered "
                            + (origin == null ? "though it is not complete" : "twice"));
                } else if (one.attachment() < origin.firstAttachment() || one.attachment() > origin.lastAttachment()) {
                    problems.add("group " + one.group() + " came to attachment " + one.attachment()
                            + ", but was sent during " + origin.firstAttachment() + ".." + origin.lastAttachment());
                }
            }
        }
    }
}
