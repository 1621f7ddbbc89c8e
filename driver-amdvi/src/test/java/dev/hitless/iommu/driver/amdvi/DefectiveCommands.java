package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import java.util.List;
import java.util.function.UnaryOperator;

/** Defects in the commands themselves, and in the waiting for them. */
final class DefectiveCommands {
    private static final int OPCODE_SHIFT = 60;
    private static final int INVALIDATE_PAGES = 3;
    private static final long PDE = 1 << 1;
    private static final long ADDRESS = -4096L;
    private static final long SIZE = 1;
    private static final long RESERVED = 1L << 24;

    private DefectiveCommands() {}

    /** A wait that comes to nothing is taken for a success. */
    static UnitParts failuresIgnored() {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new CommandBuffer(platform, control) {
                    @Override
                    void carryOut(CommandRing ring, List<long[]> submission) {
                        try {
                            super.carryOut(ring, submission);
                        } catch (IommuException e) {
                            // Taken for done.
                        }
                    }
                };
            }
        };
    }

    /** An answer that may have come through is given once more. */
    static UnitParts answeringTwice() {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new CommandBuffer(platform, control) {
                    @Override
                    void executeAtMostOnce(Command command) {
                        execute(List.of(command));
                    }
                };
            }
        };
    }

    /** INVALIDATE_IOMMU_PAGES with PDE=0: directories, GCR3 entries among them, stay cached. */
    static UnitParts directoriesStay() {
        return changingPageCommands(words -> new long[] {words[0], words[1] & ~PDE});
    }

    /** INVALIDATE_IOMMU_PAGES of the page at 0 instead of everything. */
    static UnitParts onePageInsteadOfAll() {
        return changingPageCommands(words -> new long[] {words[0], words[1] & ~(ADDRESS | SIZE)});
    }

    /** A flush of pages is tried with a reserved bit first, and again without it when the hardware has stopped. */
    static UnitParts reservedBitTried() {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new CommandBuffer(platform, control) {
                    @Override
                    void carryOut(CommandRing ring, List<long[]> submission) {
                        long[] first = submission.get(0);
                        if (submission.size() == 1 && isOfPages(first)) {
                            try {
                                super.carryOut(ring, List.of(new long[] {first[0] | RESERVED, first[1]}));
                            } catch (IommuException e) {
                                // As expected: then without it.
                            }
                        }
                        super.carryOut(ring, submission);
                    }
                };
            }
        };
    }

    private static UnitParts changingPageCommands(UnaryOperator<long[]> change) {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new CommandBuffer(platform, control) {
                    @Override
                    void carryOut(CommandRing ring, List<long[]> submission) {
                        super.carryOut(
                                ring,
                                submission.stream()
                                        .map(words -> isOfPages(words) ? change.apply(words) : words)
                                        .toList());
                    }
                };
            }
        };
    }

    private static boolean isOfPages(long[] words) {
        return words[0] >>> OPCODE_SHIFT == INVALIDATE_PAGES;
    }
}
