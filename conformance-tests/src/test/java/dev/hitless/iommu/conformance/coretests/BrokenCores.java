package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.coretests.PlainGroup.Entry;
import dev.hitless.iommu.conformance.coretests.PlainGroup.PlainHandle;
import dev.hitless.iommu.core.WarningSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cores with one defect each in how they switch groups: the calls of drivers, the record, what is visible when. */
final class BrokenCores {
    private BrokenCores() {}

    /** What was first proposed for Linux: remove the old domain, set the new one, on failure set the old one again. */
    static final class RemoveFirst extends PlainCore {
        RemoveFirst(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void setAll(PlainGroup group, Pasid pasid, IommuDomain domain) {
            Entry present = group.table.get(pasid);
            group.devices(pasid).forEach(device -> block(group, device, pasid));
            try {
                super.setAll(group, pasid, domain);
            } catch (IommuException failure) {
                if (present != null) {
                    super.setAll(group, pasid, present.domain());
                }
                throw failure;
            }
        }
    }

    /** Linux before 2025: the record first, the drivers second. */
    static final class RecordFirst extends PlainCore {
        private final boolean attach;

        RecordFirst(IommuDriver driver, Locks locks, WarningSink warnings, boolean attach) {
            super(driver, locks, warnings);
            this.attach = attach;
        }

        @Override
        void switchTo(PlainGroup group, Pasid pasid, IommuDomain domain, @Nullable PlainHandle handle) {
            Entry present = group.table.get(pasid);
            if ((present == null) != attach) {
                super.switchTo(group, pasid, domain, handle);
                return;
            }
            publish(group, pasid, domain, handle);
            try {
                setAll(group, pasid, domain);
            } catch (IommuException failure) {
                if (present == null) {
                    group.table.remove(pasid);
                } else {
                    group.table.put(pasid, present);
                }
                throw failure;
            }
        }
    }

    /** A failed change leaves its domain in the record. */
    static final class RecordKeptAfterFailure extends PlainCore {
        RecordKeptAfterFailure(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void switchTo(PlainGroup group, Pasid pasid, IommuDomain domain, @Nullable PlainHandle handle) {
            try {
                super.switchTo(group, pasid, domain, handle);
            } catch (IommuException failure) {
                if (failure.errno() == Errno.ENOSPC) {
                    publish(group, pasid, domain, handle);
                }
                throw failure;
            }
        }
    }

    /** The device that failed is told to go back, too. */
    static final class FailingDeviceCalledAgain extends PlainCore {
        FailingDeviceCalledAgain(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void undo(PlainGroup group, List<IommuDevice> devices, int failing, Pasid pasid, List<IommuDomain> before) {
            super.undo(group, devices, failing, pasid, before);
            block(group, devices.get(failing), pasid);
        }
    }

    /** Devices after the one that failed are told to go back, though they never left. */
    static final class LaterDevicesCalled extends PlainCore {
        LaterDevicesCalled(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void undo(PlainGroup group, List<IommuDevice> devices, int failing, Pasid pasid, List<IommuDomain> before) {
            super.undo(group, devices, failing, pasid, before);
            for (IommuDevice later : devices.subList(failing + 1, devices.size())) {
                block(group, later, pasid);
            }
        }
    }

    /** Earlier devices are blocked instead of going back to the old domain. */
    static final class RollBackToBlocked extends PlainCore {
        RollBackToBlocked(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void back(PlainGroup group, IommuDevice device, Pasid pasid, IommuDomain old) {
            block(group, device, pasid);
        }
    }

    /** Earlier devices stay where they are. */
    static final class NoRollBack extends PlainCore {
        NoRollBack(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void undo(PlainGroup group, List<IommuDevice> devices, int failing, Pasid pasid, List<IommuDomain> before) {
            // The defect.
        }
    }

    /** A device that cannot go back is left on the domain that failed. */
    static final class StuckDeviceLeftAlone extends PlainCore {
        StuckDeviceLeftAlone(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void stuck(PlainGroup group, IommuDevice device, Pasid pasid, IommuException failure) {
            warnings.warning("cannot go back: " + failure);
        }
    }

    /** A device that cannot go back is blocked, and nobody is told. */
    static final class StuckDeviceBlockedSilently extends PlainCore {
        StuckDeviceBlockedSilently(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void stuck(PlainGroup group, IommuDevice device, Pasid pasid, IommuException failure) {
            block(group, device, pasid);
        }
    }

    /** The driver's error is wrapped in one of the core's own. */
    static final class ErrorWrapped extends PlainCore {
        ErrorWrapped(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        IommuException seen(IommuException failure) {
            return new IommuException(failure.errno(), "attach failed");
        }
    }

    /** Devices without PASIDs are called as well. */
    static final class EveryDeviceCalled extends PlainCore {
        EveryDeviceCalled(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        List<IommuDevice> called(PlainGroup group, Pasid pasid) {
            return group.devices;
        }
    }

    /** The record is emptied before the drivers are called. */
    static final class DetachErasesFirst extends PlainCore {
        DetachErasesFirst(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void takeOff(PlainGroup group, Pasid pasid) {
            group.table.remove(pasid);
            super.takeOff(group, pasid);
        }
    }

    /** A detach stops at a device that fails. */
    static final class DetachCanFail extends PlainCore {
        DetachCanFail(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void takeOff(PlainGroup group, Pasid pasid) {
            reachedByDetach(group, pasid).forEach(device -> group.set(device, pasid, group.blocked));
            group.table.remove(pasid);
        }
    }

    /** The same domain is set over itself. */
    static final class SameDomainSetAgain extends PlainCore {
        SameDomainSetAgain(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        boolean isSame(IommuDomain present, IommuDomain domain) {
            return false;
        }
    }
}
