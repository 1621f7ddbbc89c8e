package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Invalidation;
import dev.hitless.iommu.hardware.Walker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges the commands of an operation: well formed, waited for, in the right order. */
final class CommandJudge {
    private final Operation operation;
    private final Tables tables;
    private final FindingList findings;
    private final Map<Integer, Integer> submittedAt = new LinkedHashMap<>();
    private final Map<Integer, Integer> observedAt = new HashMap<>();
    private final List<Integer> fences = new ArrayList<>();
    private final Map<Integer, Invalidation> commands = new HashMap<>();

    CommandJudge(Operation operation, Tables tables, FindingList findings) {
        this.operation = operation;
        this.tables = tables;
        this.findings = findings;
    }

    void judge() {
        List<TraceEvent> events = operation.trace().events();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event instanceof TraceEvent.Submitted command) {
                submittedAt.put(command.number(), i);
                commands.put(command.number(), command.invalidation());
            } else if (event instanceof TraceEvent.Observed completion) {
                observedAt.put(completion.number(), i);
            } else if (event instanceof TraceEvent.Fenced) {
                fences.add(i);
            } else if (event instanceof TraceEvent.Malformed malformed) {
                findings.add(Finding.of(Rule.DRV_14, i, "a well-formed command", malformed.complaint()));
            }
        }
        Recipients.of(operation).findings().forEach(findings::add);
        if (operation.trace().succeeded() && operation.aftermath().isEmpty()) {
            everyCommandAwaited();
            for (Watched watched : operation.streams()) {
                if (watched.subject() && !isGone(watched.stream().requesterId())) {
                    deviceLast(watched.stream());
                }
            }
        }
    }

    private void everyCommandAwaited() {
        submittedAt.forEach((number, at) -> {
            if (!observedAt.containsKey(number) && !isMadeGood(number)) {
                findings.add(Finding.of(
                        Rule.DRV_13,
                        at,
                        "the driver sees its completion before it returns",
                        commandText(number) + " was never seen complete"));
            }
        });
    }

    /** What got lost counts as done with the same command given again later, or when the device it was for is gone. */
    private boolean isMadeGood(int number) {
        Invalidation lost = commands.get(number);
        if (lost == null) {
            return false;
        }
        String what = lost.describe();
        return commands.entrySet().stream()
                        .anyMatch(other -> other.getKey() > number
                                && observedAt.containsKey(other.getKey())
                                && other.getValue().describe().equals(what))
                || (lost.targetRequester() >= 0 && isGone(lost.targetRequester()));
    }

    /** Went away meanwhile, or was never there: that something was sent to it is a matter of another rule. */
    private boolean isGone(int requesterId) {
        return operation.streams().stream()
                .filter(watched -> watched.stream().requesterId() == requesterId)
                .map(watched -> watched.stream().device())
                .anyMatch(device -> !operation.trace().atsOn().contains(device)
                        || operation.trace().events().contains(new TraceEvent.Vanished(device)));
    }

    /** From when on later commands find it done: it was seen complete, or a fence lies between. */
    private int doneBefore(int number, int submitted) {
        int seen = observedAt.getOrDefault(number, Integer.MAX_VALUE);
        return fences.stream()
                .filter(fence -> fence > submitted)
                .findFirst()
                .map(fence -> Math.min(fence, seen))
                .orElse(seen);
    }

    /**
     * The device could refill from a stale IOTLB: the last device invalidation comes after the last IOTLB one is complete,
     * because the driver has seen that or has put a fence between the two.
     */
    private void deviceLast(Stream stream) {
        Walker walker = operation.trace().walker();
        for (long iova : operation.probes()) {
            DmaRequest request = stream.request(iova, false, true);
            Tables.@Nullable Tag tag = tables.tag(stream, iova, false);
            int iotlbDone = -1;
            int deviceSent = -1;
            int device = -1;
            for (Map.Entry<Integer, Integer> entry : submittedAt.entrySet()) {
                Invalidation command = commands.get(entry.getKey());
                if (command == null || (!observedAt.containsKey(entry.getKey()) && isMadeGood(entry.getKey()))) {
                    continue;
                }
                if (tag != null && command.covers(tag.cache(), tag.value(), iova & -4096L, 4096)) {
                    iotlbDone = Math.max(iotlbDone, doneBefore(entry.getKey(), entry.getValue()));
                }
                if (command.covers(walker.deviceCache(), walker.deviceTag(request), iova & -4096L, 4096)) {
                    deviceSent = entry.getValue();
                    device = entry.getKey();
                }
            }
            if (deviceSent >= 0 && iotlbDone >= 0 && deviceSent < iotlbDone) {
                findings.add(Finding.at(
                        deviceSent,
                        Rule.DRV_16,
                        request,
                        stream.toString(),
                        "the IOTLB invalidation is seen complete, or fenced off, before the device is told",
                        commandText(device) + " was submitted before that"));
                return;
            }
        }
    }

    private String commandText(int number) {
        Invalidation command = commands.get(number);
        return "command #" + number + (command == null ? "" : " " + command.describe());
    }
}
