package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.coretests.PlainGroup.Entry;
import dev.hitless.iommu.conformance.coretests.PlainGroup.PlainHandle;
import dev.hitless.iommu.core.WarningSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cores with one defect each in what they check, in page requests and in resets. */
final class CarelessCores {
    private CarelessCores() {}

    /** The range of PASIDs is looked up for the device named only, not for the others of its group. */
    static final class RangeOfOneDevice extends PlainCore {
        RangeOfOneDevice(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireRange(PlainGroup group, IommuDevice device, Pasid pasid) {
            require(!group.devices(pasid).isEmpty(), Errno.EOPNOTSUPP, "no PASIDs");
            require(pasid.value() < device.maxPasids(), Errno.EINVAL, "out of range");
        }
    }

    /** Linux: a group without PASIDs takes an attachment and calls nobody. */
    static final class GroupWithoutPasidsAccepted extends PlainCore {
        GroupWithoutPasidsAccepted(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireRange(PlainGroup group, IommuDevice device, Pasid pasid) {
            group.devices(pasid)
                    .forEach(each -> require(pasid.value() < each.maxPasids(), Errno.EINVAL, "out of range"));
        }
    }

    /** Nobody looks whose the domain is. */
    static final class ForeignAccepted extends PlainCore {
        ForeignAccepted(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireForAttach(IommuDomain domain, Pasid pasid) {
            require(!pasid.isNone(), Errno.EINVAL, "PASID 0");
        }
    }

    /** PASID 0 is taken for one like others. */
    static final class PasidZeroAccepted extends PlainCore {
        PasidZeroAccepted(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireForAttach(IommuDomain domain, Pasid pasid) {
            require(domain.driver().equals(driver), Errno.EINVAL, "foreign");
        }
    }

    /** A replace without handle. */
    static final class HandleNotNeeded extends PlainCore {
        HandleNotNeeded(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireForReplace(IommuDomain domain, Pasid pasid, @Nullable PlainHandle handle) {
            requireForAttach(domain, pasid);
        }
    }

    /** A replace where nothing is attached acts as an attach. */
    static final class ReplaceAttaches extends PlainCore {
        ReplaceAttaches(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireAttached(PlainGroup group, Pasid pasid) {
            // The defect.
        }
    }

    /** What is attached is looked at before the reset. */
    static final class AttachedBeforeReset extends PlainCore {
        AttachedBeforeReset(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireForReplaceLocked(PlainGroup group, Pasid pasid, @Nullable PlainHandle handle) {
            requireAttached(group, pasid);
            requireNoReset(group);
        }
    }

    /** The same handle may serve again. */
    static final class HandleInUseAccepted extends PlainCore {
        HandleInUseAccepted(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireFresh(Entry present, @Nullable PlainHandle handle, IommuDomain domain) {
            // The defect.
        }
    }

    /** Linux: the handle is pointed at the new domain before it is found to be in use. */
    static final class HandleMarkedBeforeRefusal extends PlainCore {
        HandleMarkedBeforeRefusal(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireFresh(Entry present, @Nullable PlainHandle handle, IommuDomain domain) {
            if (handle != null) {
                handle.domain = domain;
            }
            super.requireFresh(present, handle, domain);
        }
    }

    /** A group in which a device is being reset can be changed. */
    static final class ChangedDuringReset extends PlainCore {
        ChangedDuringReset(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void requireNoReset(PlainGroup group) {
            // The defect.
        }
    }

    /** A detach calls the driver for the device in reset. */
    static final class DetachReachesDeviceInReset extends PlainCore {
        DetachReachesDeviceInReset(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        List<IommuDevice> reachedByDetach(PlainGroup group, Pasid pasid) {
            return group.devices(pasid);
        }
    }

    /** After a reset PASIDs come back before requests without. */
    static final class PasidsBackFirst extends PlainCore {
        PasidsBackFirst(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void comeBack(PlainGroup group, IommuDevice device) {
            restore(group, device, pasid -> !pasid.isNone());
            restore(group, device, Pasid::isNone);
        }
    }

    /** After a reset PASIDs are forgotten. */
    static final class PasidsStayOff extends PlainCore {
        PasidsStayOff(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void comeBack(PlainGroup group, IommuDevice device) {
            restore(group, device, Pasid::isNone);
        }
    }

    /** What came for the old handle is answered by the core, and then again by the handler. */
    static final class AnsweredTwice extends PlainCore {
        AnsweredTwice(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        PlainPages newPages(IommuDriver asked) {
            return new PlainPages(asked) {
                @Override
                Asked asked() {
                    return new Asked() {
                        @Override
                        public boolean answer(PageResponse.Code code) {
                            boolean again = answered && code == PageResponse.Code.SUCCESS;
                            answered &= !again;
                            return super.answer(code);
                        }
                    };
                }
            };
        }
    }

    /** What the old handle has not answered is given to the new one as well. */
    static final class GivenToBoth extends PlainCore {
        GivenToBoth(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void abandon(@Nullable PlainHandle old, @Nullable PlainHandle fresh) {
            for (PlainPages.Asked asked : pages.all) {
                if (asked.handle != null && asked.handle == old && fresh != null && !asked.answered) {
                    asked.handle = fresh;
                    asked.delivered = false;
                }
            }
        }
    }

    /** What came for the old handle is never answered unless its handler does, which may be gone. */
    static final class OldRequestsForgotten extends PlainCore {
        OldRequestsForgotten(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void abandon(@Nullable PlainHandle old, @Nullable PlainHandle fresh) {
            // The defect.
        }
    }
}
