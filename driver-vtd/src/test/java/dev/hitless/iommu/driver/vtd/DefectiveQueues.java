package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.Platform;
import java.util.List;

/** Queues that do not know how far hardware is. */
final class DefectiveQueues {
    private DefectiveQueues() {}

    /** Whatever is before the tail counts as fetched. */
    static UnitParts alwaysEmpty() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    public int consumerSlot() {
                        return (int) (platform.registers().read64(Registers.IQT) / InvalidationDescriptor.BYTES);
                    }
                };
            }
        };
    }

    /** One descriptor more than was fetched counts as fetched. */
    static UnitParts headOneTooFar() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    public int consumerSlot() {
                        return super.consumerSlot() + 1 & 127;
                    }
                };
            }
        };
    }

    /** An answer that may have come through is given once more. */
    static UnitParts answeringTwice() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    void executeAtMostOnce(InvalidationDescriptor descriptor) {
                        execute(List.of(descriptor));
                    }
                };
            }
        };
    }
}
