package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import dev.hitless.iommu.driver.support.update.PlanOptions;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import java.util.List;
import java.util.function.UnaryOperator;

/** Parts of the unit with one defect each. */
final class DefectiveParts {
    private DefectiveParts() {}

    /** A queue that goes on without waiting. */
    static UnitParts notWaiting() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    void execute(List<InvalidationDescriptor> descriptors) {
                        submit(descriptors, UnaryOperator.identity());
                    }
                };
            }
        };
    }

    /** Invalidations of which one kind is missing or wrong. */
    private static UnitParts invalidating(InvalidationsMaker maker) {
        return new UnitParts() {
            @Override
            Invalidations invalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
                return maker.make(queue, hardware);
            }
        };
    }

    private interface InvalidationsMaker {
        Invalidations make(InvalidationQueue queue, HardwareCapabilities hardware);
    }

    static UnitParts withoutPasidCache() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void pasidEntry(int domainId, Pasid pasid) {
                // Forgotten.
            }

            @Override
            public void allPasidEntries() {
                // Forgotten.
            }
        });
    }

    static UnitParts withoutIotlb() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void translations(List<TranslationTag> tags) {
                // Forgotten.
            }
        });
    }

    /** Everything of a tag is dropped when asked for, but not what an unmap asks for. */
    static UnitParts withoutUnmappedPages() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void pages(List<TranslationTag> tags, List<AddressSpan> pages, boolean leavesOnly) {
                // Forgotten.
            }
        });
    }

    static UnitParts withoutDeviceTlb() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                // Forgotten.
            }
        });
    }

    /** The device TLB is told under the device's first id only; requests under its alias fill it too. */
    static UnitParts devicesUnderTheirFirstId() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                queue.execute(users.stream()
                        .map(user -> InvalidationDescriptor.deviceTlbOfPasid(
                                new DeviceTlbTarget(
                                        user.device().description().primaryRequesterId(),
                                        user.device().description().atsQueueDepth(),
                                        -1),
                                user.pasid(),
                                AddressSpan.EVERYTHING))
                        .toList());
            }
        });
    }

    /** When a device goes, hardware is told of its first id only; copies of the alias's context entry lead on. */
    static UnitParts contextsForgottenUnderTheirFirstId() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void contexts(List<Integer> sourceIds) {
                super.contexts(sourceIds.subList(0, 1));
            }
        });
    }

    /** When a device goes, the entry of its alias stays. */
    static UnitParts contextsRemovedUnderTheirFirstId() {
        return new UnitParts() {
            @Override
            ContextTables contexts(EntryMemory tables, Invalidations invalidations, HardwareCapabilities hardware) {
                return new ContextTables(tables, invalidations, hardware.cachingMode()) {
                    @Override
                    void remove(List<Integer> sourceIds) {
                        super.remove(sourceIds.subList(0, 1));
                    }
                };
            }
        };
    }

    /** When a device comes, only its first id gets an entry. */
    static UnitParts contextsInstalledUnderTheirFirstId() {
        return new UnitParts() {
            @Override
            ContextTables contexts(EntryMemory tables, Invalidations invalidations, HardwareCapabilities hardware) {
                return new ContextTables(tables, invalidations, hardware.cachingMode()) {
                    @Override
                    void install(List<Integer> sourceIds, long word0) {
                        super.install(sourceIds.subList(0, 1), word0);
                    }
                };
            }
        };
    }

    /** Linux's guidance for P to P, read as if it held for second-stage entries too. */
    static UnitParts secondStageByPasid() {
        return invalidating((queue, hardware) -> new QueuedInvalidations(queue, hardware) {
            @Override
            public void translations(List<TranslationTag> tags) {
                queue.execute(tags.stream()
                        .map(tag -> InvalidationDescriptor.translationsOfPasid(tag.domainId(), tag.pasid()))
                        .toList());
            }
        });
    }

    /** PASID-cache invalidations name the new domain id; copies carry the old one. */
    static UnitParts newDomainIdInsteadOfOld() {
        return new UnitParts() {
            @Override
            PasidTableWriter writer(EntryMemory tables, Invalidations invalidations, HardwareCapabilities hardware) {
                return new PasidTableWriter(tables, invalidations, hardware.cachingMode()) {
                    @Override
                    EntryInvalidator invalidator(VtdDevice device, Pasid pasid, PasidEntry target) {
                        return new PasidEntryInvalidator(invalidations, hardware.cachingMode(), device, pasid, target) {
                            @Override
                            public void invalidateConfiguration(EntryContent replaced, EntryContent current) {
                                invalidations.pasidEntry(target.domainId(), pasid);
                            }
                        };
                    }
                };
            }
        };
    }

    /** Makes a plan. */
    interface PlanMaker {
        UpdatePlan plan(EntryContent from, EntryContent to);
    }

    /** Replaces the plans for changes from one live entry to another. */
    static UnitParts planning(PlanMaker maker) {
        return writing((right, live, target) -> isLive(live) && isLive(target) ? maker.plan(live, target) : right);
    }

    /** Changes the right plans. */
    static UnitParts spoiling(UnaryOperator<UpdatePlan> spoiler) {
        return writing((right, live, target) -> spoiler.apply(right));
    }

    private interface Rewriter {
        UpdatePlan rewrite(UpdatePlan right, EntryContent live, EntryContent target);
    }

    private static UnitParts writing(Rewriter rewriter) {
        return new UnitParts() {
            @Override
            PasidTableWriter writer(EntryMemory tables, Invalidations invalidations, HardwareCapabilities hardware) {
                return new PasidTableWriter(tables, invalidations, hardware.cachingMode()) {
                    @Override
                    UpdatePlan plan(EntryContent live, EntryContent target, PlanOptions options) {
                        return rewriter.rewrite(super.plan(live, target, options), live, target);
                    }
                };
            }
        };
    }

    private static boolean isLive(EntryContent content) {
        return (content.word(0) & PasidEntry.PRESENT) != 0;
    }
}
