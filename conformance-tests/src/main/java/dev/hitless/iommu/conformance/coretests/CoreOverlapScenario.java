package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Fingerprint;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.ScheduleSearch;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Overlapped;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.SharedState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Operations of a subsystem that overlap, in every schedule up to a number of preemptions. They come to what they come to one
 * after the other, one way round or the other; meanwhile the fault path finds what it may find; and where there is hardware,
 * requests meet at every instant what they meet when some of the operations are done, in an order that leads to the same end.
 */
final class CoreOverlapScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final Judge judge;
    private final CoreOverlap overlap;
    private final int preemptions;

    /** @param preemptions most preemptions in one schedule */
    CoreOverlapScenario(
            Bench.Factory benches, Subsystem.Factory subsystems, Judge judge, CoreOverlap overlap, int preemptions) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.judge = judge;
        this.overlap = overlap;
        this.preemptions = preemptions;
    }

    @Override
    public String name() {
        return "core/overlap/" + overlap.name() + "/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(Rule.CORE_03, Rule.CORE_11, overlap.rule());
        if (!benches.driverRules().isEmpty() && overlap.subject() != CoreOverlap.Subject.PAGE_REQUESTS) {
            rules.add(Rule.DRV_13);
            rules.add(Rule.DRV_22);
        }
        return rules;
    }

    @Override
    public ScenarioResult run() {
        CoreScene first = new CoreScene(benches.set(), subsystems);
        if (!overlap.setting().test(first)) {
            return ScenarioResult.notApplicable(overlap.subject().reason());
        }
        return new Run().result();
    }

    private CoreScene scene() {
        CoreScene scene = new CoreScene(benches.set(), subsystems);
        if (!overlap.setting().test(scene)) {
            throw new IllegalStateException(name() + " is possible on one bench and not on another like it");
        }
        return scene;
    }

    /** All schedules. */
    private final class Run {
        private final SequentialEndings sequential = new SequentialEndings(CoreOverlapScenario.this::scene);
        private final Findings findings = new Findings();
        private final DmaOfOverlaps dma = new DmaOfOverlaps(judge.assumptions(), sequential);
        private final LockOrder order = new LockOrder();
        private final Set<Object> seen = new HashSet<>();

        ScenarioResult result() {
            SharedState shared = new SharedState();
            ScheduleSearch search = new ScheduleSearch(0);
            playAll(search, shared);
            while (preemptions > 0 && findings.isEmpty() && dma.findings().isEmpty()) {
                shared.freeze();
                search = new ScheduleSearch(preemptions);
                playAll(search, shared);
                if (!shared.hasGrown()) {
                    break;
                }
            }
            order.inversion()
                    .ifPresent(
                            circle -> findings.add(Rule.CORE_11, "locks are taken in one order by everybody", circle));
            List<Finding> all = new ArrayList<>(findings.all());
            all.addAll(dma.findings());
            return ScenarioResult.of(all, dma.observations(), seen.size(), dma.evidence())
                    .withSchedules(search.schedules());
        }

        private void playAll(ScheduleSearch search, SharedState shared) {
            try (Interleaver interleaver = new Interleaver(search)) {
                while (search.next()) {
                    CoreScene scene = scene();
                    Onlooker onlooker = new Onlooker(scene, findings);
                    interleaver.watchedBy(onlooker::look);
                    check(scene, scene.bench().overlap(operations(scene, onlooker), interleaver, order, shared));
                }
            }
        }

        private static List<NamedOperation> operations(CoreScene scene, Onlooker onlooker) {
            List<NamedOperation> operations = new ArrayList<>();
            for (int i = 0; i < scene.operations().size(); i++) {
                CoreOperation operation = scene.operations().get(i);
                int number = i;
                operations.add(new NamedOperation(operation.name(), () -> {
                    operation.action().run();
                    onlooker.returned(number);
                }));
            }
            return operations;
        }

        private void check(CoreScene scene, Overlapped played) {
            played.deadlock()
                    .ifPresent(circle ->
                            findings.add(Rule.CORE_11, "every operation comes to its end", "deadlock: " + circle));
            findings.check(
                    Rule.CORE_11,
                    played.locksHeld().isEmpty(),
                    "no lock is held when all operations have ended",
                    "still held: " + played.locksHeld());
            if (played.deadlock().isPresent()) {
                return;
            }
            Ending ending = Ending.of(scene, played.failures());
            Ending expected = sequential.endings().iterator().next();
            findings.check(
                    overlap.rule(),
                    sequential.endings().contains(ending),
                    "as one after the other, for example " + expected.beside(ending),
                    ending.beside(expected));
            Object what = played.recording()
                    .<Object>map(recording -> List.of(Fingerprint.of(recording), ending))
                    .orElse(ending);
            boolean isNew = seen.add(what);
            if (isNew
                    && overlap.subject() != CoreOverlap.Subject.PAGE_REQUESTS
                    && sequential.endings().contains(ending)) {
                played.recording().ifPresent(recording -> dma.judge(scene, recording, ending));
            }
            if (overlap.subject() == CoreOverlap.Subject.ADDRESS_SPACES) {
                checkNothingIsShared(scene);
            }
        }

        /** References were counted, and not just the ends that happened to be met. */
        private void checkNothingIsShared(CoreScene scene) {
            String what = "what was bound can be unbound as often, and then nothing is left of it";
            try {
                scene.unbindAll();
            } catch (IommuException refused) {
                findings.add(Rule.CORE_11, what, String.valueOf(refused.getMessage()));
                return;
            }
            findings.check(
                    Rule.CORE_11,
                    scene.bench().driver().sharedDomains().isEmpty(),
                    what,
                    "still there: " + scene.bench().driver().sharedDomains());
        }
    }
}
