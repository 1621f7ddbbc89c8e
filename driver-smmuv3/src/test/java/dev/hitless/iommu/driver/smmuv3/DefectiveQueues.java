package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.CompletionStyle;
import dev.hitless.iommu.driver.support.queue.ConsumerCompletion;
import dev.hitless.iommu.driver.support.queue.QueuePort;
import dev.hitless.iommu.driver.support.queue.RingGeometry;
import java.util.function.LongSupplier;

/** Command queues that are right as long as they do not fill up, or do not wrap around. */
final class DefectiveQueues {
    private DefectiveQueues() {}

    /** What is before PROD counts as consumed: there is always room. Completion is looked for in CONS, as it should be. */
    static UnitParts alwaysEmpty() {
        return new UnitParts() {
            @Override
            CommandRing commandQueue(Platform platform, ControlRegister control, RingGeometry geometry) {
                int entries = geometry.entries();
                QueuePort port = new CommandQueuePort(platform.registers(), control, entries) {
                    @Override
                    public int consumerSlot() {
                        return platform.registers().read32(Registers.CMDQ_PROD) & entries - 1;
                    }
                };
                return ring(platform, geometry, port, new ReachedByRegister(platform.registers(), entries));
            }
        };
    }

    /** PROD without its wrap flag: a slot, as if the queue had no second round. */
    static UnitParts withoutWrapFlag() {
        return new UnitParts() {
            @Override
            CommandRing commandQueue(Platform platform, ControlRegister control, RingGeometry geometry) {
                QueuePort port = new CommandQueuePort(platform.registers(), control, geometry.entries()) {
                    @Override
                    public void ringDoorbell(long position) {
                        super.ringDoorbell(position & geometry.entries() - 1);
                    }
                };
                return ring(platform, geometry, port, new ConsumerCompletion(Command.SYNC.words()));
            }
        };
    }

    private static CommandRing ring(
            Platform platform, RingGeometry geometry, QueuePort port, CompletionStyle completion) {
        return new CommandRing(
                geometry, platform, platform.locks().create("smmuv3.command-queue", "command-queue"), port, completion);
    }

    /** Completion by CONS, whatever the port says of it. */
    private record ReachedByRegister(RegisterBank registers, int entries) implements CompletionStyle {
        @Override
        public long[] fence(long sequence) {
            return Command.SYNC.words();
        }

        @Override
        public long[] filler() {
            return Command.SYNC.words();
        }

        @Override
        public boolean isReached(long sequence, long position, LongSupplier consumed) {
            long behind = registers.read32(Registers.CMDQ_CONS) - position - 1;
            return (behind & 2L * entries - 1) < entries;
        }
    }
}
