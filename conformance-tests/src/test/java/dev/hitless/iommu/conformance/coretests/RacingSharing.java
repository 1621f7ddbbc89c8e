package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.Optional;
import java.util.function.Function;

/** Cores that are wrong when an address space is bound or unbound while something else is. */
final class RacingSharing {
    private RacingSharing() {}

    /** A core that shares in the way of {@code sharing}. */
    static Subsystem.Factory core(Function<PlainCore, PlainSharing> sharing) {
        return (driver, locks, warnings) -> new PlainCore(driver, locks, warnings) {
            @Override
            PlainSharing newSharing() {
                return sharing.apply(this);
            }
        };
    }

    /** There is no lock. */
    static final class Unlocked extends PlainSharing {
        Unlocked(PlainCore core) {
            super(core, core.newSharingLock());
        }

        @Override
        Subsystem.Bond bind(IommuDevice device, AddressSpace space) {
            return bindLocked(device, space);
        }

        @Override
        void unbind(PlainBond bond) {
            if (dropReference(bond)) {
                end(bond);
            }
        }
    }

    /** The last reference is dropped inside the lock, and what that means is done outside. */
    static final class EndsOutside extends PlainSharing {
        EndsOutside(PlainCore core) {
            super(core, core.newSharingLock());
        }

        @Override
        void unbind(PlainBond bond) {
            boolean[] last = new boolean[1];
            mutex.with(() -> last[0] = dropReference(bond));
            if (last[0]) {
                end(bond);
            }
        }
    }

    /** Whether the domain is still needed is found out inside the lock; it is freed outside. */
    static final class FreesOutside extends PlainSharing {
        FreesOutside(PlainCore core) {
            super(core, core.newSharingLock());
        }

        @Override
        void unbind(PlainBond bond) {
            boolean[] unused = new boolean[1];
            mutex.with(() -> {
                if (dropReference(bond)) {
                    core.detach(bond.domain, bond.device, bond.pasid);
                    unused[0] = bonds.stream().noneMatch(other -> other != bond && other.domain.equals(bond.domain));
                }
            });
            if (unused[0]) {
                bond.domain.free();
            }
            mutex.with(() -> bonds.removeIf(known -> known.references == 0));
        }
    }

    /** The PASID can be had again before it is detached. */
    static final class PasidGivenBackFirst extends PlainSharing {
        PasidGivenBackFirst(PlainCore core) {
            super(core, core.newSharingLock());
        }

        @Override
        void unbind(PlainBond bond) {
            boolean[] last = new boolean[1];
            mutex.with(() -> {
                last[0] = dropReference(bond);
                if (last[0]) {
                    bonds.remove(bond);
                }
            });
            if (last[0]) {
                mutex.with(() -> end(bond));
            }
        }
    }

    /** What is bound already is found before the lock is taken, and counted inside. */
    static final class FoundBefore extends PlainSharing {
        FoundBefore(PlainCore core) {
            super(core, core.newSharingLock());
        }

        @Override
        Subsystem.Bond bind(IommuDevice device, AddressSpace space) {
            Optional<PlainBond> same = find(device, space);
            if (same.isEmpty()) {
                return super.bind(device, space);
            }
            mutex.with(() -> same.get().references++);
            return same.get();
        }
    }

    /** Binding takes the group's lock inside this one; unbinding the other way round. */
    static final class LockOrderInverted extends PlainSharing {
        LockOrderInverted(PlainCore core) {
            super(core, core.newSharingLock());
        }

        @Override
        void unbind(PlainBond bond) {
            core.requireGroup(bond.device).mutex.with(() -> mutex.with(() -> {}));
            super.unbind(bond);
        }
    }
}
