package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.PageRequestRecord;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Page requests that a scenario has devices send, and the account of them: every one is handed over once or dropped by the
 * hardware, every group is answered once.
 */
final class PageRequestTraffic {
    /** How far a request has come when the device has sent it. */
    enum Way {
        /** It is in the queue, for the driver to read. */
        QUEUED,
        /** The IOMMU has it, and has not written it to the queue. */
        IN_IOMMU,
        /** It is between the device and the IOMMU. */
        ON_LINK
    }

    /** Sent before the operation began. */
    static final int BEFORE = -1;

    private static final int GROUPS = 512;
    private static final int MOST_TO_FILL = 8192;
    private static final int FILL_GROUP = 64;

    private record Sent(PageRequestMessage message, Way way, int event) {}

    private record Key(int requesterId, int pasid, long address) {
        static Key of(PageRequestMessage message) {
            return new Key(message.requesterId(), message.pasid(), message.address());
        }

        static Key of(PageRequest request) {
            return new Key(request.requesterId(), number(request.pasid()), request.address());
        }
    }

    private record Group(int requesterId, int pasid, int index) {}

    private final Machine machine;
    private final List<Sent> sent = new ArrayList<>();
    private final Map<Stream, Integer> groups = new HashMap<>();
    private int addresses;
    private int responded;

    PageRequestTraffic(Machine machine) {
        this.machine = machine;
    }

    /** Sends a group of one request. {@code event}: the place in the trace, or {@link #BEFORE}. */
    void send(Stream stream, Way way, int event) {
        send(stream, nextGroup(stream), true, way, event);
    }

    /** Sends all requests of a group but the last. Returns the group. */
    int sendPart(Stream stream, Way way) {
        int group = nextGroup(stream);
        send(stream, group, false, way, BEFORE);
        send(stream, group, false, way, BEFORE);
        return group;
    }

    /** Sends the last request of a group that was begun. */
    void sendRest(Stream stream, int group, Way way) {
        send(stream, group, true, way, BEFORE);
    }

    /** Sends requests until the queue has no room for more. */
    void fill(Stream stream) {
        int before = record().lost().size();
        int group = nextGroup(stream);
        for (int i = 1; record().lost().size() == before; i++) {
            if (i > MOST_TO_FILL) {
                throw new IllegalStateException("the page-request queue takes more than " + MOST_TO_FILL + " requests");
            }
            boolean last = i % FILL_GROUP == 0;
            send(stream, group, last, Way.QUEUED, BEFORE);
            group = last ? nextGroup(stream) : group;
        }
        send(stream, group, true, Way.QUEUED, BEFORE);
    }

    private int nextGroup(Stream stream) {
        return groups.merge(stream, 1, Integer::sum) % GROUPS;
    }

    private void send(Stream stream, int group, boolean last, Way way, int event) {
        long address = (long) ++addresses << 12;
        PageRequestMessage message = new PageRequestMessage(
                stream.requesterId(), stream.pasid(), group, last, address, true, addresses % 2 == 0);
        sent.add(new Sent(message, way, event));
        HardwareModel model = machine.platform().model();
        switch (way) {
            case QUEUED ->
                model.pageRequest(
                        message.requesterId(), message.pasid(), group, last, address, message.read(), message.write());
            case IN_IOMMU -> model.pageRequestsUnderWay().send(message, Place.IOMMU);
            case ON_LINK -> model.pageRequestsUnderWay().send(message, Place.LINK);
        }
    }

    /**
     * What of {@code stream} was sent before event {@code bound}, and is neither handed over nor dropped.
     *
     * @param end the trace's last event, which has just happened
     */
    List<Finding> notDrained(Stream stream, int bound, int end) {
        Set<Key> arrived = new HashSet<>();
        record().delivered().forEach(request -> arrived.add(Key.of(request)));
        record().lost().forEach(message -> arrived.add(Key.of(message)));
        List<Finding> findings = new ArrayList<>();
        for (Sent one : sent) {
            PageRequestMessage message = one.message();
            if (message.requesterId() == stream.requesterId()
                    && message.pasid() == stream.pasid()
                    && one.event() < bound
                    && !arrived.contains(Key.of(message))) {
                findings.add(Finding.of(
                        Rule.DRV_19,
                        end,
                        "when the call returns, every page request that " + stream
                                + " sent before the last invalidation of its device TLB was handed over",
                        "the request for page 0x" + Long.toHexString(message.address()) + ", sent "
                                + (one.event() == BEFORE ? "before the call" : "at event " + one.event())
                                + ", was still " + describe(one.way())));
            }
        }
        return findings;
    }

    private static String describe(Way way) {
        return switch (way) {
            case QUEUED -> "in the queue, unread";
            case IN_IOMMU -> "inside the IOMMU, not yet in the queue";
            case ON_LINK -> "between the device and the IOMMU";
        };
    }

    /** Answers what was handed over since the last time. */
    List<Finding> respond() {
        List<PageRequest> delivered = record().delivered();
        List<Finding> findings = new ArrayList<>();
        for (; responded < delivered.size(); responded++) {
            PageRequest request = delivered.get(responded);
            if (!request.last()) {
                continue;
            }
            try {
                machine.driver()
                        .respond(new PageResponse(
                                request.requesterId(), request.pasid(), request.group(), PageResponse.Code.SUCCESS));
            } catch (IommuException refused) {
                findings.add(Finding.of(
                        Rule.DRV_19, BEFORE, "page request " + request + " can be answered", String.valueOf(refused)));
            }
        }
        return findings;
    }

    /** Lets everything arrive and be handed over and answered, and then closes the books. */
    List<Finding> settle() {
        machine.platform().model().pageRequestsUnderWay().arriveAll();
        machine.driver().serviceEvents();
        List<Finding> findings = new ArrayList<>(respond());
        Map<Key, Integer> fates = new HashMap<>();
        Map<Group, Integer> due = new HashMap<>();
        for (PageRequest request : record().delivered()) {
            fates.merge(Key.of(request), 1, Integer::sum);
            if (request.last()) {
                due.merge(new Group(request.requesterId(), number(request.pasid()), request.group()), 1, Integer::sum);
            }
        }
        Map<Group, Integer> mayBe = new HashMap<>(due);
        for (PageRequestMessage message : record().lost()) {
            fates.merge(Key.of(message), 1, Integer::sum);
            if (message.last()) {
                mayBe.merge(new Group(message.requesterId(), message.pasid(), message.group()), 1, Integer::sum);
            }
        }
        compareFates(findings, fates);
        compareAnswers(findings, due, mayBe);
        sent.clear();
        record().forget();
        responded = 0;
        return findings;
    }

    private void compareFates(List<Finding> findings, Map<Key, Integer> fates) {
        for (Sent one : sent) {
            @Nullable Integer known = fates.remove(Key.of(one.message()));
            int fate = known == null ? 0 : known;
            if (fate != 1) {
                findings.add(Finding.of(
                        Rule.DRV_19,
                        BEFORE,
                        "every page request is handed over once",
                        one.message() + " " + (fate == 0 ? "got lost" : "came " + fate + " times")));
            }
        }
        for (Key again : fates.keySet()) {
            findings.add(Finding.of(
                    Rule.DRV_19, BEFORE, "every page request is handed over once", again + " came again, or unasked"));
        }
    }

    private void compareAnswers(List<Finding> findings, Map<Group, Integer> due, Map<Group, Integer> mayBe) {
        Map<Group, Integer> answers = new HashMap<>();
        for (PageRequestRecord.Answer answer : record().answers()) {
            answers.merge(new Group(answer.requesterId(), answer.pasid(), answer.group()), 1, Integer::sum);
        }
        Set<Group> all = new HashSet<>(mayBe.keySet());
        all.addAll(answers.keySet());
        for (Group group : all) {
            int count = answers.getOrDefault(group, 0);
            int least = due.getOrDefault(group, 0);
            if (count < least || count > mayBe.getOrDefault(group, 0)) {
                findings.add(Finding.of(
                        Rule.DRV_19,
                        BEFORE,
                        "every page-request group is answered once",
                        group + " was handed over " + least + " times and answered " + count + " times"));
            }
        }
    }

    private PageRequestRecord record() {
        return machine.platform().pageRequestRecord();
    }

    private static int number(Pasid pasid) {
        return pasid.isNone() ? DmaRequest.NO_PASID : pasid.value();
    }
}
