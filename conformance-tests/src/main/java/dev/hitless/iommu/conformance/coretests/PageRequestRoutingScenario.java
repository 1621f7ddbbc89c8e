package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Page requests around the end of an attachment: taken and unanswered, still in the hardware's queue, half a group, sent
 * from within the driver's calls, and afterwards.
 */
final class PageRequestRoutingScenario implements Scenario {
    /** How the attachment ends. */
    enum Ending {
        REPLACED("replaced"),
        /** The second device refuses, so the first goes back. */
        REPLACE_FAILED("replace-fails"),
        DETACHED("detached"),
        /** The PASID is detached, and the device leaves with requests without PASID outstanding. */
        DEVICE_REMOVED("device-removed");

        private final String label;

        Ending(String label) {
            this.label = label;
        }
    }

    /** Taken by the handler and not answered yet. */
    private static final int TAKEN = 1;
    /** In the hardware's queue. */
    private static final int QUEUED = 2;
    /** One request before, the last one after. */
    private static final int SPLIT = 3;
    /** Sent from within the first device's call. */
    private static final int WITHIN = 4;
    /** Sent and serviced from within the second device's call, when the first has switched. */
    private static final int BETWEEN = 5;
    /** Sent afterwards. */
    private static final int AFTER = 6;

    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final Ending ending;

    PageRequestRoutingScenario(Bench.Factory benches, Subsystem.Factory subsystems, Ending ending) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "core/page-requests/" + ending.label + "/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = ending == Ending.REPLACE_FAILED
                ? EnumSet.of(Rule.CORE_03, Rule.CORE_04, Rule.CORE_09)
                : EnumSet.of(Rule.CORE_09);
        rules.addAll(benches.driverRules());
        return rules;
    }

    @Override
    public ScenarioResult run() {
        Setting setting = new Setting(benches, subsystems);
        Run run = new Run(setting);
        if (!run.before()) {
            return ScenarioResult.notApplicable("the hardware takes no page requests here");
        }
        run.change();
        run.after();
        return setting.end();
    }

    /** One run. */
    private final class Run {
        private final Setting setting;
        private final Subsystem subsystem;
        private final Bench bench;
        private final IommuDevice device;
        private final IommuDevice second;
        private final IommuDomain from;
        private final IommuDomain to;
        private final Pasid pasid;
        private final Mailbox old;
        private final Mailbox fresh;
        /** Complete groups that the hardware took. */
        private final Set<Integer> sent = new TreeSet<>();

        Run(Setting setting) {
            this.setting = setting;
            this.subsystem = setting.subsystem();
            this.bench = setting.bench();
            this.device = setting.addWithPageRequests("device-a");
            this.second = setting.addWithPageRequests("device-b");
            this.pasid = ending == Ending.DEVICE_REMOVED ? Pasid.NONE : Setting.PASID;
            this.from = Change.REPLACE.from(bench, pasid);
            this.to = Change.REPLACE.to(bench, pasid);
            this.old = new Mailbox(subsystem, "old");
            this.fresh = new Mailbox(subsystem, "new");
            if (!pasid.isNone()) {
                // Hardware may take no page requests of a device whose requests without PASID are blocked.
                setting.attached(Change.REPLACE.from(bench, Pasid.NONE), Pasid.NONE);
            }
            setting.attach(from, pasid, old.handle());
        }

        /** False: the hardware takes no page requests. */
        boolean before() {
            if (!send(TAKEN, true)) {
                return false;
            }
            bench.sendPageRequest(device, pasid, SPLIT, false);
            subsystem.serviceEvents();
            check(old.has(TAKEN), "the handle attached gets the request", old);
            check(bench.answers().isEmpty(), "nobody has answered yet", bench.answers());
            return send(QUEUED, true);
        }

        private boolean send(int group, boolean last) {
            boolean taken = bench.sendPageRequest(device, pasid, group, last);
            if (taken) {
                sent.add(group);
            }
            return taken;
        }

        void change() {
            setting.whenInside(this::inside);
            bench.driver()
                    .script(call -> ending == Ending.REPLACE_FAILED
                                    && call.device().equals(second)
                                    && call.target().equals(to)
                            ? Optional.of(new IommuException(Errno.ENOSPC, "fails, as scripted"))
                            : Optional.empty());
            Performed done = setting.perform("the attachment is " + ending.label, () -> {
                switch (ending) {
                    case REPLACED, REPLACE_FAILED -> setting.replace(to, pasid, fresh.handle());
                    case DETACHED -> setting.detach(from, pasid);
                    case DEVICE_REMOVED -> subsystem.removeDevice(device);
                }
            });
            setting.whenInside(call -> {});
            check(
                    done.thrown().isPresent() == (ending == Ending.REPLACE_FAILED),
                    done.what() + (ending == Ending.REPLACE_FAILED ? " and fails" : " without error"),
                    done.outcome());
        }

        private void inside(DriverCall call) {
            if (call.device().equals(device) && !sent.contains(WITHIN)) {
                send(WITHIN, true);
            } else if (call.device().equals(second) && !sent.contains(BETWEEN) && send(BETWEEN, true)) {
                subsystem.serviceEvents();
            }
        }

        void after() {
            if (ending == Ending.DEVICE_REMOVED) {
                setting.removed(device);
            } else {
                send(SPLIT, true);
                send(AFTER, true);
            }
            subsystem.serviceEvents();
            old.answerAll(PageResponse.Code.SUCCESS);
            fresh.answerAll(PageResponse.Code.SUCCESS);
            old.answerAll(PageResponse.Code.FAILURE);
            sent.forEach(this::checkGroup);
        }

        private void checkGroup(int group) {
            String who = "page request group " + group;
            check(!(old.has(group) && fresh.has(group)), who + " is delivered to one handle", "delivered to both");
            List<PageResponse> answers = bench.driver().responses().stream()
                    .filter(response -> response.group() == group)
                    .toList();
            check(answers.size() == 1, who + " is answered exactly once", answers);
            long reached = bench.answers().stream()
                    .filter(answer -> answer.group() == group)
                    .count();
            check(reached == 1, "the answer to " + who + " reaches the device exactly once", reached);
            if (fresh.has(group) && ending == Ending.REPLACE_FAILED) {
                setting.found(
                        reportedMeanwhile(group) ? Rule.CORE_03 : Rule.CORE_04,
                        who + " never reaches a handle whose attachment fails",
                        "it did");
                return;
            }
            if (answers.size() == 1) {
                PageResponse.Code code = meant(group);
                check(answers.get(0).code() == code, who + " is answered " + code, answers);
            }
            boolean mine = ending == Ending.REPLACED && (group == SPLIT || group == AFTER);
            check(
                    fresh.has(group) == mine || (fresh.has(group) && reportedMeanwhile(group)),
                    who + (mine ? " reaches" : " does not reach") + " the new handle",
                    fresh);
            if (group == SPLIT && (mine || ending == Ending.REPLACE_FAILED)) {
                int requests = old.requests(group) + fresh.requests(group);
                check(requests == 2, who + " is delivered whole", requests + " of 2 requests");
            }
        }

        /** While devices switch one after another, either handle may get it; which one is another rule. */
        private static boolean reportedMeanwhile(int group) {
            return group == QUEUED || group == WITHIN || group == BETWEEN;
        }

        /** What came for an attachment that has ended could not be handled; what its handler answers counts while it stands. */
        private PageResponse.Code meant(int group) {
            boolean handled =
                    switch (ending) {
                        case REPLACED -> group == SPLIT || group == AFTER || fresh.has(group);
                        case REPLACE_FAILED -> true;
                        case DETACHED, DEVICE_REMOVED -> false;
                    };
            return handled ? PageResponse.Code.SUCCESS : PageResponse.Code.INVALID;
        }

        private void check(boolean kept, String expected, Object observed) {
            setting.check(Rule.CORE_09, kept, expected, observed);
        }
    }
}
