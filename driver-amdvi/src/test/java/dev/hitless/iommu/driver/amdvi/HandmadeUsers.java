package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The list by which an unmap finds the devices to tell, where a kernel has it: in memory, its entries moved one by one when
 * one in front of them goes. Right under its lock, {@value #LOCK}. Without it somebody who walks the list meanwhile misses an
 * entry that has moved past him.
 */
final class HandmadeUsers {
    /** Class of the lock. */
    static final String LOCK = "amdvi.handmade-users";

    private final PhysicalMemory memory;
    private final DriverLock lock;
    private final long count;

    private HandmadeUsers(Platform platform) {
        this.memory = platform.memory();
        this.lock = platform.locks().create(LOCK, "handmade list of users");
        this.count = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
    }

    /** A unit whose devices are told of an unmap by such a list. */
    static UnitParts telling() {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new Keeper(platform, control);
            }

            @Override
            Invalidations invalidations(CommandBuffer commands, HardwareCapabilities hardware) {
                return new QueuedInvalidations(commands, hardware) {
                    @Override
                    public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                        if (pages.contains(AddressSpan.EVERYTHING)) {
                            super.devices(users, pages);
                        } else {
                            Keeper.of(commands).walk(users, met -> super.devices(met, pages));
                        }
                    }
                };
            }

            @Override
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return DefectiveSwitches.switching(HandmadeUsers::moveAround).replacement(driver, unit);
            }
        };
    }

    private static void moveAround(DefectiveSwitches.Change change) {
        HandmadeUsers users = Keeper.of(change.unit().commands());
        long user = entry(change.device().description().primaryRequesterId(), change.pasid());
        if (change.target().type() != DomainType.BLOCKED) {
            users.add(user);
        }
        change.right().carryOut();
        if (change.previous().type() != DomainType.BLOCKED) {
            users.remove(user);
        }
    }

    /** Lives as long as the command buffer. */
    private static final class Keeper extends CommandBuffer {
        private final HandmadeUsers users;

        Keeper(Platform platform, ControlRegister control) {
            super(platform, control);
            this.users = new HandmadeUsers(platform);
        }

        static HandmadeUsers of(CommandBuffer keeper) {
            return ((Keeper) keeper).users;
        }

        @Override
        void free() {
            users.memory.free(users.count, PhysicalMemory.PAGE_BYTES);
            super.free();
        }
    }

    private static long entry(int requesterId, Pasid pasid) {
        return (long) requesterId << 32 | (pasid.isNone() ? 1L << 20 : pasid.value());
    }

    private long slot(long index) {
        return count + 8 + 8 * index;
    }

    private void add(long user) {
        lock.with(() -> {
            long entries = memory.load64(count);
            memory.store64(slot(entries), user);
            memory.store64(count, entries + 1);
        });
    }

    /** The first such entry: that of the domain which was attached before. */
    private void remove(long user) {
        lock.with(() -> {
            long index = 0;
            while (memory.load64(slot(index)) != user) {
                index++;
            }
            long last = memory.load64(count) - 1;
            for (; index < last; index++) {
                memory.store64(slot(index), memory.load64(slot(index + 1)));
            }
            memory.store64(count, last);
        });
    }

    /** Has those of {@code users} told that are met. */
    private void walk(List<DomainUser> users, Consumer<List<DomainUser>> tell) {
        lock.with(() -> {
            List<Long> met = new ArrayList<>();
            for (long index = 0; index < memory.load64(count); index++) {
                met.add(memory.load64(slot(index)));
            }
            tell.accept(users.stream()
                    .filter(user ->
                            met.contains(entry(user.device().description().primaryRequesterId(), user.pasid())))
                    .toList());
        });
    }
}
