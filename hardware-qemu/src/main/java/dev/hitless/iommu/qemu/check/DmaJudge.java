package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Which rule a DMA breaks, if any, given what the operation was meant to change. Knows no model: only intentions. */
final class DmaJudge {
    private final Change change;
    private final Watch watch;
    private final Meant bystander;

    DmaJudge(Change change, Watch watch) {
        this.change = change;
        this.watch = watch;
        this.bystander = watch.bystander()
                .<Meant>map(device -> device.attached()::reached)
                .orElse((iova, write) -> OptionalLong.empty());
    }

    /** Rules that an operation could break here. */
    Set<Rule> exercised() {
        Set<Rule> rules = EnumSet.of(Rule.DRV_01, Rule.DRV_02, Rule.DRV_04);
        if (change.promise() == ReplaceGuarantee.HITLESS) {
            rules.add(Rule.DRV_03);
        }
        if (watch.bystander().isPresent()) {
            rules.add(Rule.DRV_05);
        }
        if (change.removal()) {
            rules.add(Rule.DRV_09);
        }
        return rules;
    }

    /** What is wrong with {@code seen}; empty: nothing. */
    Optional<Finding> judge(Seen seen) {
        if (seen.device() != watch.subject()) {
            OptionalLong own = bystander.reached(seen.iova(), seen.write());
            return seen.reached().equals(own) ? Optional.empty() : broken(Rule.DRV_05, seen, Seen.describe(own));
        }
        OptionalLong before = change.before().reached(seen.iova(), seen.write());
        OptionalLong after = change.after().reached(seen.iova(), seen.write());
        return seen.instant() >= change.end()
                ? judgeAfterwards(seen, before, after)
                : judgeMeanwhile(seen, before, after);
    }

    private Optional<Finding> judgeAfterwards(Seen seen, OptionalLong before, OptionalLong after) {
        if (seen.reached().equals(after)) {
            return Optional.empty();
        }
        Rule rule = seen.reached().equals(before) ? Rule.DRV_04 : torn(seen, Rule.DRV_01);
        return broken(rule, seen, Seen.describe(after));
    }

    private Optional<Finding> judgeMeanwhile(Seen seen, OptionalLong before, OptionalLong after) {
        if (seen.reached().equals(before) || seen.reached().equals(after)) {
            return Optional.empty();
        }
        String expected = Seen.describe(before) + " or " + Seen.describe(after);
        if (seen.reached().isEmpty()) {
            return change.promise() == ReplaceGuarantee.HITLESS
                    ? broken(Rule.DRV_03, seen, expected)
                    : Optional.empty();
        }
        return broken(torn(seen, Rule.DRV_02), seen, expected);
    }

    /** Who gets through untranslated while a domain is removed breaks a rule of its own. */
    private Rule torn(Seen seen, Rule otherwise) {
        boolean untranslated = seen.reached().equals(OptionalLong.of(seen.iova()));
        return change.removal() && untranslated ? Rule.DRV_09 : otherwise;
    }

    private static Optional<Finding> broken(Rule rule, Seen seen, String expected) {
        return Optional.of(new Finding(
                rule,
                seen.instant(),
                Optional.of(seen.device().stream().request(seen.iova(), seen.write(), false)),
                seen.device().stream().toString(),
                expected,
                seen.outcome() + " in QEMU"));
    }
}
