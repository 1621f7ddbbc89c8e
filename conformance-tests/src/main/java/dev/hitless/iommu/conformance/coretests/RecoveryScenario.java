package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One device of a group is reset, with domains behind two PASIDs and behind requests without. */
final class RecoveryScenario implements Scenario {
    /** What else happens. */
    enum Course {
        /** Nothing. */
        PLAIN("plain"),
        /** The reset nests. */
        NESTED("nested"),
        /** A PASID is detached meanwhile. */
        PASID_DETACHED("pasid-detached"),
        /** Requests without PASID are detached meanwhile. */
        RID_DETACHED("rid-detached"),
        /** The driver cannot bring requests without PASID back. */
        RID_STUCK("rid-cannot-come-back"),
        /** The driver cannot bring the first PASID back. */
        PASID_STUCK("pasid-cannot-come-back"),
        /** The driver cannot block requests without PASID. */
        REFUSED("cannot-be-blocked");

        private final String label;

        Course(String label) {
            this.label = label;
        }
    }

    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final Course course;

    RecoveryScenario(Bench.Factory benches, Subsystem.Factory subsystems, Course course) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.course = course;
    }

    @Override
    public String name() {
        return "core/recovery/" + course.label + "/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(Rule.CORE_10);
        rules.addAll(benches.driverRules());
        return rules;
    }

    @Override
    public ScenarioResult run() {
        Setting setting = new Setting(benches, subsystems);
        Run run = new Run(setting);
        if (course == Course.REFUSED) {
            run.cannotBeBlocked();
        } else {
            run.reset();
        }
        return setting.end();
    }

    /** One run. */
    private final class Run {
        private final Setting setting;
        private final Subsystem subsystem;
        private final IommuDevice device;
        private final IommuDevice neighbour;
        private final IommuDomain blocked;
        /** What must come back. */
        private final Map<Pasid, IommuDomain> attached = new TreeMap<>();

        Run(Setting setting) {
            this.setting = setting;
            this.subsystem = setting.subsystem();
            this.device = setting.add("device-a", Setting.WIDE);
            setting.add("device-b", 0);
            this.neighbour = setting.add("device-c", Setting.WIDE);
            this.blocked = setting.bench().driver().blockedDomain();
            attached.put(Pasid.NONE, setting.bench().withoutPasid(0));
            attached.put(Setting.PASID, setting.bench().onPasid(0));
            attached.put(Setting.OTHER, setting.bench().onPasid(2));
            attached.forEach((pasid, domain) -> setting.attached(domain, pasid));
        }

        void cannotBeBlocked() {
            IommuException refusal = new IommuException(Errno.ENOMEM, "cannot be blocked, as scripted");
            setting.bench().driver().script(call -> call.pasid().isNone() ? Optional.of(refusal) : Optional.empty());
            Performed done = setting.perform("start of a reset that fails", () -> subsystem.prepareRecovery(device));
            setting.bench().driver().script(call -> Optional.empty());
            check(
                    done.thrown().filter(refusal::equals).isPresent(),
                    done.what() + " throws the driver's own error",
                    done.outcome());
            attached.forEach((pasid, domain) -> meets(done.what(), device, pasid, domain));
            Performed after = replaceOf(neighbour, setting.bench().onPasid(1));
            check(after.thrown().isEmpty(), "the group can be changed, since nothing is reset", after.outcome());
        }

        void reset() {
            Map<Pasid, String> record = setting.record();
            Performed start = setting.perform("start of the reset", () -> subsystem.prepareRecovery(device));
            checkStart(start);
            check(record.equals(setting.record()), "the record stays as it was", setting.record());
            if (course == Course.NESTED) {
                nest();
            }
            checkRefusals();
            if (course == Course.PASID_DETACHED) {
                detach(Setting.PASID);
            } else if (course == Course.RID_DETACHED) {
                detach(Pasid.NONE);
            }
            checkEnd();
        }

        private void checkStart(Performed start) {
            check(start.thrown().isEmpty(), start.what() + " succeeds", start.outcome());
            boolean only = start.calls().size() == attached.size();
            for (var entry : attached.entrySet()) {
                only &= start.calls().stream()
                        .anyMatch(call -> call.is(device, entry.getKey(), entry.getValue(), blocked));
            }
            check(only, start.what() + " blocks everything of this device and nothing else", start.calls());
            attached.forEach((pasid, domain) -> {
                meets(start.what(), device, pasid, blocked);
                if (pasid.isNone() || neighbour.maxPasids() > 0) {
                    meets(start.what(), neighbour, pasid, domain);
                }
            });
        }

        private void nest() {
            Performed inner = setting.perform("a reset within the reset", () -> {
                subsystem.prepareRecovery(device);
                subsystem.recoveryDone(device);
            });
            check(
                    inner.thrown().isEmpty() && inner.calls().isEmpty(),
                    inner.what() + " changes nothing",
                    inner.calls());
        }

        private void checkRefusals() {
            IommuDomain other = setting.bench().onPasid(1);
            refused(replaceOf(device, other));
            refused(replaceOf(neighbour, other));
            refused(replaceOf(neighbour, setting.bench().onPasid(0)));
            refused(setting.perform(
                    "attach during the reset",
                    () -> subsystem.attach(other, neighbour, Setting.UNUSED, setting.handle("refused"))));
            refused(setting.perform(
                    "replace without PASID during the reset",
                    () -> subsystem.replaceGroup(
                            setting.bench().withoutPasid(1), setting.group(), setting.handle("refused"))));
        }

        private Performed replaceOf(IommuDevice of, IommuDomain domain) {
            return setting.perform(
                    "replace during the reset, asked for " + of.name(),
                    () -> subsystem.replace(domain, of, Setting.PASID, setting.handle("refused")));
        }

        private void refused(Performed done) {
            boolean busy = done.errno().filter(errno -> errno == Errno.EBUSY).isPresent();
            check(
                    busy && done.calls().isEmpty(),
                    done.what() + " is refused with EBUSY, before anything changes",
                    done.outcome() + ", calls " + done.calls());
        }

        private void detach(Pasid pasid) {
            IommuDomain domain = Change.DETACH.from(setting.bench(), pasid);
            Performed done = setting.perform("detach during the reset", () -> setting.detach(domain, pasid));
            check(done.thrown().isEmpty(), done.what() + " succeeds", done.outcome());
            boolean others =
                    done.calls().stream().noneMatch(call -> call.device().equals(device));
            check(others, done.what() + " leaves the device in reset alone", done.calls());
            check(setting.find(pasid).isEmpty(), done.what() + ": no handle is found any more", setting.find(pasid));
            meets(done.what(), neighbour, pasid, blocked);
            attached.remove(pasid);
        }

        private void checkEnd() {
            Pasid stuck = course == Course.RID_STUCK ? Pasid.NONE : Setting.PASID;
            boolean fails = course == Course.RID_STUCK || course == Course.PASID_STUCK;
            setting.bench()
                    .driver()
                    .script(call -> fails && call.pasid().equals(stuck)
                            ? Optional.of(new IommuException(Errno.ENOMEM, "cannot come back, as scripted"))
                            : Optional.empty());
            Performed end = setting.perform("end of the reset", () -> subsystem.recoveryDone(device));
            setting.bench().driver().script(call -> Optional.empty());
            check(end.thrown().isEmpty(), end.what() + " does not fail", end.outcome());
            check(fails != end.warnings().isEmpty(), end.what() + " warns of what stays off", end.warnings());
            checkOrder(end);
            attached.forEach((pasid, domain) -> {
                meets(end.what(), device, pasid, fails && pasid.equals(stuck) ? blocked : domain);
                meets(end.what(), neighbour, pasid, domain);
            });
            for (Pasid gone : List.of(Pasid.NONE, Setting.PASID)) {
                if (!attached.containsKey(gone)) {
                    meets(end.what(), device, gone, blocked);
                }
            }
            if (attached.containsKey(Setting.PASID)) {
                Performed after = replaceOf(neighbour, setting.bench().onPasid(1));
                check(after.thrown().isEmpty(), "after the reset the group can be changed", after.outcome());
            }
        }

        private void checkOrder(Performed end) {
            List<DriverCall> calls = end.calls();
            boolean all = calls.size() == attached.size();
            for (var entry : attached.entrySet()) {
                all &= calls.stream().anyMatch(call -> call.is(device, entry.getKey(), blocked, entry.getValue()));
            }
            check(all, end.what() + " puts back what is attached now, and nothing else", calls);
            boolean first = !attached.containsKey(Pasid.NONE)
                    || (!calls.isEmpty() && calls.get(0).pasid().isNone());
            check(first, end.what() + " puts requests without PASID back first", calls);
        }

        private void meets(String when, IommuDevice whose, Pasid pasid, IommuDomain domain) {
            setting.checkMeets(Rule.CORE_10, "after " + when, whose, pasid, domain);
        }

        private void check(boolean kept, String expected, Object observed) {
            setting.check(Rule.CORE_10, kept, expected, observed);
        }
    }
}
