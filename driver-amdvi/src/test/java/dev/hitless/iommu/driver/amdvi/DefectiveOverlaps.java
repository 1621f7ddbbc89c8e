package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.Ticket;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/** Parts that do the right thing as long as they are alone. */
final class DefectiveOverlaps {
    private DefectiveOverlaps() {}

    /** The new domain has its user only when hardware has switched: an unmap there misses it. */
    static UnitParts joinedAfterTheSwitch() {
        return DefectiveSwitches.switching(change -> {
            change.target().leave(change.device(), change.pasid());
            change.right().carryOut();
            change.target().join(change.device(), change.pasid());
        });
    }

    /** The old domain loses its user before hardware has forgotten it: an unmap there misses it. */
    static UnitParts unlinkedBeforeTheWait() {
        return DefectiveSwitches.switching(change -> {
            change.previous().leave(change.device(), change.pasid());
            change.right().carryOut();
            change.previous().join(change.device(), change.pasid());
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
