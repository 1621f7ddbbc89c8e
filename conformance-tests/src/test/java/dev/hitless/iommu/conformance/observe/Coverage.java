package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;

/** The commands of a trace: what each drops, when it was submitted and when it was seen complete. */
final class Coverage {
    private final ToyHardware toy;
    private final List<ToyInvalidation> commands = new ArrayList<>();
    private final List<Integer> submitted = new ArrayList<>();
    private final int[] seen = new int[Copy.COMMANDS];

    Coverage(Trace trace, ToyHardware toy, Assumptions assumptions) {
        this.toy = toy;
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i <= trace.end(); i++) {
            if (trace.events().get(i) instanceof TraceEvent.Submitted event) {
                seen[commands.size()] = assumptions.everythingAwaited() ? i : Integer.MAX_VALUE;
                numbers.add(event.number());
                submitted.add(i);
                commands.add((ToyInvalidation) event.invalidation());
            } else if (trace.events().get(i) instanceof TraceEvent.Observed event) {
                int command = numbers.indexOf(event.number());
                if (command >= 0) {
                    seen[command] = Math.min(seen[command], i);
                }
            }
        }
    }

    /** The command submitted at {@code instant} as a bit; 0 if none, or if nobody ever sees that it completed. */
    int submittedAt(int instant) {
        int command = submitted.indexOf(instant);
        return command < 0 || seen[command] == Integer.MAX_VALUE ? 0 : 1 << command;
    }

    /** Commands that had been seen complete at {@code instant}, as bits. */
    int seenBy(int instant) {
        int bits = 0;
        for (int c = 0; c < commands.size(); c++) {
            if (seen[c] <= instant) {
                bits |= 1 << c;
            }
        }
        return bits;
    }

    /** Whether the command drops the copy itself (a structure being fetched: the copy that it would become). */
    boolean drops(int command, long copy) {
        ToyInvalidation what = commands.get(Integer.numberOfTrailingZeros(command));
        int requester = Copy.requester(copy);
        return switch (Copy.form(copy)) {
            case Copy.DIRECTORY -> what.dropsDirectory(requester);
            case Copy.FETCHING, Copy.ENTRY -> what.dropsEntry(requester);
            case Copy.TABLE -> what.dropsTable(Copy.operand(copy, 0));
            case Copy.TRANSLATION -> what.dropsTranslation(Copy.operand(copy, 0), Copy.operand(copy, 1));
            default -> what.dropsDevice(requester);
        };
    }

    /** Whether the command covers the copy or anything on the way by which it was found. */
    boolean coversWay(int command, long copy) {
        ToyInvalidation what = commands.get(Integer.numberOfTrailingZeros(command));
        int requester = Copy.requester(copy);
        return switch (Copy.form(copy)) {
            case Copy.TABLE ->
                drops(command, copy)
                        || what.dropsEntry(requester)
                        || (toy.directory() && what.dropsDirectory(requester));
            case Copy.ENTRY -> drops(command, copy) || (toy.directory() && what.dropsDirectory(requester));
            // Of finished translations only whether they are dropped matters; the rest they have from their parts.
            default -> drops(command, copy);
        };
    }

    /** Whether a copy is gone for certain, given the commands that were seen complete. */
    boolean gone(long copy, int seenComplete) {
        for (int left = Copy.stale(copy) & seenComplete; left != 0; left &= left - 1) {
            if (drops(Integer.lowestOneBit(left), copy)) {
                return true;
            }
        }
        return false;
    }
}
