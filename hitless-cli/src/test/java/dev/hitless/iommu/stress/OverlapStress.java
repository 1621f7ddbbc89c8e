package dev.hitless.iommu.stress;

import dev.hitless.iommu.conformance.fast.FastPlatform;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.overlap.MachineOperation;
import dev.hitless.iommu.conformance.overlap.Overlap;
import dev.hitless.iommu.conformance.overlap.Scene;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The suite's overlaps on real threads: the operations of each run at once, on a machine of its own in each round, while
 * another thread does DMA. Each request has to meet what is met when some of the operations are done: all that had returned
 * before it, none that had not begun when it was answered.
 */
final class OverlapStress {
    /** Looking for deadlocks takes longer than DMA. */
    private static final int LOOKS_BETWEEN_DEADLOCK_CHECKS = 50_000;

    private final Scenes scenes;
    private final long seed;
    private int overlaps;
    private long rounds;
    private long overlapped;
    private long looks;

    /** @param seed of the delays between operations; what the scheduler of the machine does is not known beforehand */
    OverlapStress(Scenes scenes, long seed) {
        this.scenes = scenes;
        this.seed = seed;
    }

    /** Overlaps that the driver can do. */
    int overlaps() {
        return overlaps;
    }

    /** Rounds so far. */
    long rounds() {
        return rounds;
    }

    /** Rounds in which an operation began while another was under way. */
    long overlapped() {
        return overlapped;
    }

    /** Requests that were sent beside operations. */
    long looks() {
        return looks;
    }

    /** Everything that the driver can do, {@code times} times; stops at the first that goes wrong, and tells what. */
    List<String> run(int times) {
        Map<Overlap, InOrder> possible = new LinkedHashMap<>();
        for (Overlap overlap : scenes.overlaps()) {
            InOrder meant = new InOrder(() -> scenes.on(overlap));
            if (meant.impossible().isEmpty()) {
                possible.put(overlap, meant);
            }
        }
        overlaps = possible.size();
        SplittableRandom delays = new SplittableRandom(seed);
        for (int time = 0; time < times; time++) {
            for (Map.Entry<Overlap, InOrder> entry : possible.entrySet()) {
                List<String> problems = round(scenes.on(entry.getKey()), entry.getValue(), delays);
                if (!problems.isEmpty()) {
                    String where = entry.getKey() + ", seed " + seed + ", time " + time + ": ";
                    return problems.stream().map(problem -> where + problem).toList();
                }
            }
        }
        return List.of();
    }

    private List<String> round(Scenes.FastScene fast, InOrder meant, SplittableRandom delays) {
        rounds++;
        Scene scene = fast.scene();
        Crew crew = new Crew(
                scene.operations().stream()
                        .map(operation -> (Runnable) operation::run)
                        .toList(),
                delays);
        List<String> problems = new ArrayList<>();
        look(fast.platform().newDevice(), crew, meant).ifPresent(problems::add);
        problems.addAll(crew.failures());
        overlapped += crew.hasOverlapped() ? 1 : 0;
        if (problems.isEmpty()) {
            scene.operations().forEach(MachineOperation::note);
            problems.addAll(aftermath(scene.machine(), fast.platform()));
        }
        problems.addAll(fast.platform().complaints());
        return problems;
    }

    /** Does DMA until the operations are over, and each request once more then. */
    private Optional<String> look(FastPlatform.Device device, Crew crew, InOrder meant) {
        int sinceDeadlockCheck = 0;
        crew.letGo();
        boolean last;
        do {
            last = crew.isOver();
            for (int request = 0; request < meant.requests(); request++) {
                int over = crew.over();
                Outcome outcome = Outcome.of(
                        device.translate(meant.request(request)),
                        meant.request(request).iova());
                int begun = crew.begun();
                looks++;
                if (!meant.allows(request, outcome, over, begun)) {
                    return Optional.of(meant.describe(request) + " met " + outcome + " when operations 0b"
                            + Integer.toBinaryString(over) + " were over, 0b" + Integer.toBinaryString(begun)
                            + " begun");
                }
            }
            sinceDeadlockCheck += meant.requests();
            if (sinceDeadlockCheck > LOOKS_BETWEEN_DEADLOCK_CHECKS) {
                sinceDeadlockCheck = 0;
                Optional<String> deadlock = Crew.deadlock();
                if (deadlock.isPresent()) {
                    return deadlock;
                }
            }
        } while (!last);
        return Optional.empty();
    }

    /** The driver's record is right, everything can be taken down, and nothing is left then. */
    private static List<String> aftermath(Machine machine, FastPlatform platform) {
        List<String> problems = new ArrayList<>();
        for (TestDevice device : machine.devices()) {
            if (!machine.driver().attachments(device.device()).equals(machine.meant(device))) {
                problems.add("the driver says that " + device + " has "
                        + machine.driver().attachments(device.device()) + ", not " + machine.meant(device));
            }
        }
        try {
            machine.tearDown();
        } catch (RuntimeException thrown) {
            problems.add("not everything can be released: " + thrown);
            return problems;
        }
        if (platform.allocatedBytes() != 0) {
            problems.add(platform.allocatedBytes() + " bytes are left when all is released");
        }
        return problems;
    }
}
