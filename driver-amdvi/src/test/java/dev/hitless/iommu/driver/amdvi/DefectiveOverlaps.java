package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.Ticket;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/** Parts that do the right thing as long as they are alone. */
final class DefectiveOverlaps {
    private DefectiveOverlaps() {}

    /** What is done around the switch, with the users of one of the domains. */
    private interface Around {
        void carryOut(AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target, Runnable right);
    }

    private static UnitParts switching(Around around) {
        return new UnitParts() {
            @Override
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return new AmdviReplacement(driver, unit) {
                    @Override
                    protected DomainSwitch newSwitch(
                            AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
                        DomainSwitch right = super.newSwitch(device, pasid, previous, target);
                        return new Surrounded(
                                right, () -> around.carryOut(device, pasid, previous, target, right::carryOut));
                    }
                };
            }
        };
    }

    private record Surrounded(DomainSwitch right, Runnable action) implements DomainSwitch {
        @Override
        public void prepare() {
            right.prepare();
        }

        @Override
        public ReplacePlan kind() {
            return right.kind();
        }

        @Override
        public void carryOut() {
            action.run();
        }

        @Override
        public void block() {
            right.block();
        }
    }

    /** The new domain has its user only when hardware has switched: an unmap there misses it. */
    static UnitParts joinedAfterTheSwitch() {
        return switching((device, pasid, previous, target, right) -> {
            target.leave(device, pasid);
            right.run();
            target.join(device, pasid);
        });
    }

    /** The old domain loses its user before hardware has forgotten it: an unmap there misses it. */
    static UnitParts unlinkedBeforeTheWait() {
        return switching((device, pasid, previous, target, right) -> {
            previous.leave(device, pasid);
            right.run();
            previous.join(device, pasid);
        });
    }

    /** An unmap, with the list of users locked, locks each device to see whether it is still there. */
    static UnitParts lockOrderInverted() {
        return new UnitParts() {
            @Override
            Invalidations invalidations(CommandBuffer commands, HardwareCapabilities hardware) {
                return new QueuedInvalidations(commands, hardware) {
                    @Override
                    public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                        if (!pages.contains(AddressSpan.EVERYTHING)) {
                            users.forEach(
                                    user -> ((AmdviDevice) user.device()).lock().with(() -> {}));
                        }
                        super.devices(users, pages);
                    }
                };
            }
        };
    }

    /**
     * One note for all that something is still to be waited for (CVE-2026-68329): who finds it cleared takes it that his
     * own commands are complete.
     */
    static UnitParts anothersCompletion() {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new CommandBuffer(platform, control) {
                    private boolean waitNeeded;

                    @Override
                    void carryOut(CommandRing ring, List<long[]> submission) {
                        waitNeeded = true;
                        Ticket ticket = ring.submit(submission);
                        if (waitNeeded) {
                            waitNeeded = false;
                            ring.await(ticket);
                        }
                    }
                };
            }
        };
    }
}
