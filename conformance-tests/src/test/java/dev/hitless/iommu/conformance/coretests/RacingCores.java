package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.coretests.PlainGroup.Entry;
import dev.hitless.iommu.conformance.coretests.PlainGroup.PlainHandle;
import dev.hitless.iommu.core.WarningSink;
import org.jspecify.annotations.Nullable;

/** Cores with one defect each that are right as long as one operation runs at a time. */
final class RacingCores {
    private RacingCores() {}

    /** What a detach takes off is looked up before the group is locked. */
    static final class DetachLooksBeforeItLocks extends PlainCore {
        DetachLooksBeforeItLocks(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void detachFrom(PlainGroup group, IommuDomain domain, Pasid pasid) {
            Entry present = group.table.get(pasid);
            if (present == null || !present.domain().equals(domain)) {
                warnings.warning("wrong detach");
                return;
            }
            group.mutex.with(() -> takeOff(group, pasid));
            pages.abandon(present.handle());
        }
    }

    /** A replace remembers what it replaces before it locks the group: one of two replaces is lost. */
    static final class LostUpdate extends PlainCore {
        LostUpdate(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        public void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
            PlainGroup group = groups.get(device);
            Entry remembered = group == null ? null : group.table.get(pasid);
            if (group == null || remembered == null || handle == null || group.inReset()) {
                super.replace(domain, device, pasid, handle);
                return;
            }
            group.mutex.with(() -> {
                for (IommuDevice each : group.devices(pasid)) {
                    domain.setDevPasid(each, pasid, remembered.domain());
                    group.note(each, pasid, domain);
                }
                publish(group, pasid, domain, (PlainHandle) handle);
            });
            abandon(remembered.handle(), (PlainHandle) handle);
        }
    }

    /** The group is unlocked when the devices have switched, before the handle is published. */
    static final class PublishedUnlocked extends PlainCore {
        PublishedUnlocked(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void switchTo(PlainGroup group, Pasid pasid, IommuDomain domain, @Nullable PlainHandle handle) {
            setAll(group, pasid, domain);
            group.mutex.unlock();
            try {
                group.mutex.lock();
            } finally {
                publish(group, pasid, domain, handle);
            }
        }
    }

    /** The group is unlocked between one device and the next. */
    static final class UnlockedBetweenDevices extends PlainCore {
        UnlockedBetweenDevices(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        void setAll(PlainGroup group, Pasid pasid, IommuDomain domain) {
            for (IommuDevice device : called(group, pasid)) {
                group.set(device, pasid, domain);
                group.mutex.unlock();
                group.mutex.lock();
            }
        }
    }

    /** The lock of page requests is taken inside the group's by a replace, and outside of it by the interrupt. */
    static final class LockOrderInverted extends PlainCore {
        private final DriverLock pagesLock;

        LockOrderInverted(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
            pagesLock = locks.create("plain.pages", "all");
        }

        @Override
        void switchTo(PlainGroup group, Pasid pasid, IommuDomain domain, @Nullable PlainHandle handle) {
            pagesLock.with(() -> super.switchTo(group, pasid, domain, handle));
        }

        @Override
        public void serviceEvents() {
            driver.serviceEvents();
            pagesLock.with(() -> groups.values().forEach(group -> group.mutex.with(pages::deliver)));
        }
    }

    /** Who has to wait for the group publishes meanwhile. */
    static final class PublishedWhileWaiting extends PlainCore {
        private int underWay;

        PublishedWhileWaiting(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        public void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
            underWay++;
            try {
                PlainGroup group = groups.get(device);
                if (underWay > 1 && group != null && group.table.containsKey(pasid)) {
                    publish(group, pasid, domain, (PlainHandle) handle);
                    group.mutex.with(() -> setAll(group, pasid, domain));
                } else {
                    super.replace(domain, device, pasid, handle);
                }
            } finally {
                underWay--;
            }
        }
    }

    /** The fault path locks the group, and so waits for drivers. */
    static final class FaultPathLocks extends PlainCore {
        FaultPathLocks(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        public @Nullable Handle find(Group group, Pasid pasid) {
            Handle[] found = new Handle[1];
            ((PlainGroup) group).mutex.with(() -> found[0] = super.find(group, pasid));
            return found[0];
        }
    }

    /** A replace that is refused leaves the group locked. */
    static final class LockKeptAfterRefusal extends PlainCore {
        LockKeptAfterRefusal(IommuDriver driver, Locks locks, WarningSink warnings) {
            super(driver, locks, warnings);
        }

        @Override
        public void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
            PlainGroup group = requireGroup(device);
            group.mutex.lock();
            requireForReplaceLocked(group, pasid, (PlainHandle) handle);
            PlainHandle old = exchange(group, domain, pasid, (PlainHandle) handle);
            group.mutex.unlock();
            abandon(old, (PlainHandle) handle);
        }
    }
}
