package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import dev.hitless.iommu.driver.support.update.EntryLayout;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import dev.hitless.iommu.driver.support.update.EntryUpdate;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Parts of the unit that change entries in a wrong way, one defect each. */
final class DefectiveParts {
    private DefectiveParts() {}

    /** Makes a plan. */
    interface PlanMaker {
        UpdatePlan plan(EntryContent from, EntryContent to);
    }

    /** Replaces the plans for changes from one live context descriptor to another. */
    static UnitParts planningDescriptors(PlanMaker maker) {
        return descriptors(
                (right, live, target) -> isValid(live) && isValid(target) ? maker.plan(live, target) : right);
    }

    /** Replaces the plans for context descriptors that become valid. */
    static UnitParts planningFirstDescriptors(PlanMaker maker) {
        return descriptors(
                (right, live, target) -> !isValid(live) && isValid(target) ? maker.plan(live, target) : right);
    }

    /** Changes the right plans for context descriptors. */
    static UnitParts spoilingDescriptors(UnaryOperator<UpdatePlan> spoiler) {
        return descriptors((right, live, target) -> spoiler.apply(right));
    }

    /** Two tables in turn under a transit ASID, which is dropped afterwards, as is the old one. */
    static UnitParts throughTransitAsid() {
        UnitParts planning = planningDescriptors(DefectivePlans::transitAsid);
        return new UnitParts() {
            @Override
            EntryWriter contextWriter(EntryMemory tables, EntryLayout layout) {
                return planning.contextWriter(tables, layout);
            }

            @Override
            Invalidations invalidations(CommandRing ring, HardwareCapabilities hardware) {
                return new Invalidations(ring, hardware.rangeInvalidation()) {
                    @Override
                    void translations(TranslationTag tag) {
                        super.translations(TranslationTag.asid(DefectivePlans.TRANSIT_ASID));
                        super.translations(tag);
                    }
                };
            }
        };
    }

    /** Replaces the plans for stream table entries from {@code config} on. */
    static UnitParts planningStreams(long config, PlanMaker maker) {
        return streams((right, live, target) ->
                (live.word(0) & StreamTableEntry.CONFIG) == config ? maker.plan(live, target) : right);
    }

    private static boolean isValid(EntryContent descriptor) {
        return (descriptor.word(0) & ContextDescriptor.VALID) != 0;
    }

    private interface Rewriter {
        UpdatePlan rewrite(UpdatePlan right, EntryContent live, EntryContent target);
    }

    private static UnitParts descriptors(Rewriter rewriter) {
        return new UnitParts() {
            @Override
            EntryWriter contextWriter(EntryMemory tables, EntryLayout layout) {
                return new RewritingWriter(tables, layout, rewriter);
            }
        };
    }

    private static UnitParts streams(Rewriter rewriter) {
        return new UnitParts() {
            @Override
            EntryWriter streamWriter(EntryMemory tables, EntryLayout layout) {
                return new RewritingWriter(tables, layout, rewriter);
            }
        };
    }

    private static final class RewritingWriter extends EntryWriter {
        private final Rewriter rewriter;
        /** Promises are made of right plans: it is the change that does not keep them. */
        private boolean changing;

        RewritingWriter(EntryMemory tables, EntryLayout layout, Rewriter rewriter) {
            super(tables, layout);
            this.rewriter = rewriter;
        }

        @Override
        EntryUpdate prepare(
                EntryPlace place,
                long leafThen,
                EntryContent target,
                boolean interrupted,
                EntryInvalidator invalidator) {
            changing = true;
            try {
                return super.prepare(place, leafThen, target, interrupted, invalidator);
            } finally {
                changing = false;
            }
        }

        @Override
        UpdatePlan plan(EntryContent live, EntryContent target, boolean swappable, boolean interrupted) {
            UpdatePlan right = super.plan(live, target, swappable, interrupted);
            return changing ? rewriter.rewrite(right, live, target) : right;
        }
    }

    /** Writes other context descriptors than it was asked to. */
    static UnitParts writingDescriptors(UnaryOperator<EntryContent> spoiler) {
        return new UnitParts() {
            @Override
            EntryWriter contextWriter(EntryMemory tables, EntryLayout layout) {
                return new SpoilingWriter(
                        tables, layout, (live, target) -> isValid(target) ? spoiler.apply(target) : target);
            }
        };
    }

    private static final class SpoilingWriter extends EntryWriter {
        private final BinaryOperator<EntryContent> spoiler;

        SpoilingWriter(EntryMemory tables, EntryLayout layout, BinaryOperator<EntryContent> spoiler) {
            super(tables, layout);
            this.spoiler = spoiler;
        }

        @Override
        EntryUpdate prepare(
                EntryPlace place,
                long leafThen,
                EntryContent target,
                boolean interrupted,
                EntryInvalidator invalidator) {
            return super.prepare(place, leafThen, spoiler.apply(load(place), target), interrupted, invalidator);
        }
    }

    /** TLBI names the ASID that the descriptor has by then, not the one that it had. */
    static UnitParts droppingTheNewAsid() {
        return new UnitParts() {
            private int newest;

            @Override
            EntryWriter contextWriter(EntryMemory tables, EntryLayout layout) {
                return new SpoilingWriter(tables, layout, (live, target) -> {
                    newest = (int) (target.word(0) >>> ContextDescriptor.ASID_SHIFT);
                    return target;
                });
            }

            @Override
            Invalidations invalidations(CommandRing ring, HardwareCapabilities hardware) {
                return new Invalidations(ring, hardware.rangeInvalidation()) {
                    @Override
                    void translations(TranslationTag tag) {
                        super.translations(TranslationTag.asid(newest));
                    }
                };
            }
        };
    }

    /** Invalidations of which one kind is missing or wrong. */
    static UnitParts invalidating(InvalidationsMaker maker) {
        return new UnitParts() {
            @Override
            Invalidations invalidations(CommandRing ring, HardwareCapabilities hardware) {
                return maker.make(ring, hardware.rangeInvalidation());
            }
        };
    }

    /** Makes invalidations. */
    interface InvalidationsMaker {
        Invalidations make(CommandRing ring, boolean ranges);
    }
}
