package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.coretests.PlainGroup.Entry;
import dev.hitless.iommu.conformance.coretests.PlainGroup.PlainHandle;
import dev.hitless.iommu.conformance.coretests.PlainSharing.PlainBond;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import dev.hitless.iommu.core.WarningSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A second core, as small as can be, that keeps every CORE rule: so the scenarios ask for what the rules say and not for
 * what the real core happens to do. Every step is a method, for broken cores to do it wrong.
 */
class PlainCore implements Subsystem {
    final IommuDriver driver;
    final WarningSink warnings;
    final PlainPages pages;
    private final PlainSharing sharing;
    private final Locks locks;
    final Map<IommuDevice, PlainGroup> groups = new HashMap<>();

    PlainCore(IommuDriver driver, Locks locks, WarningSink warnings) {
        this.driver = driver;
        this.locks = locks;
        this.warnings = warnings;
        this.pages = newPages(driver);
        this.sharing = newSharing();
    }

    PlainSharing newSharing() {
        return new PlainSharing(this, newSharingLock());
    }

    final DriverLock newSharingLock() {
        return locks.create("plain.sharing", "all");
    }

    PlainPages newPages(IommuDriver asked) {
        return new PlainPages(asked);
    }

    @Override
    public Group createGroup(String name) {
        return new PlainGroup(locks.create("plain.group", name), driver.blockedDomain());
    }

    @Override
    public IommuDevice addDevice(Group group, DeviceDescription description) {
        IommuDevice device = driver.probe(description);
        PlainGroup to = (PlainGroup) group;
        to.devices.add(device);
        groups.put(device, to);
        return device;
    }

    @Override
    public void removeDevice(IommuDevice device) {
        PlainGroup group = groups.get(device);
        block(group, device, Pasid.NONE);
        pages.abandon(device.description().primaryRequesterId());
        driver.release(device);
        group.devices.remove(device);
        groups.remove(device);
    }

    @Override
    public Handle newHandle(String name, @Nullable Consumer<AskedPages> takes) {
        return new PlainHandle(name, takes);
    }

    @Override
    public void attach(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
        PlainGroup group = requireGroup(device);
        requireKind(domain);
        requireRemoval();
        requireForAttach(domain, pasid);
        group.mutex.with(() -> {
            requireNoReset(group);
            requireRange(group, device, pasid);
            require(!group.table.containsKey(pasid), Errno.EBUSY, "occupied");
            switchTo(group, pasid, domain, (PlainHandle) handle);
        });
    }

    @Override
    public void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
        PlainGroup group = requireGroup(device);
        requireKind(domain);
        requireForReplace(domain, pasid, (PlainHandle) handle);
        PlainHandle[] old = new PlainHandle[1];
        group.mutex.with(() -> {
            requireForReplaceLocked(group, pasid, (PlainHandle) handle);
            old[0] = exchange(group, domain, pasid, (PlainHandle) handle);
        });
        abandon(old[0], (PlainHandle) handle);
    }

    void requireForReplaceLocked(PlainGroup group, Pasid pasid, @Nullable PlainHandle handle) {
        requireNoReset(group);
        requireAttached(group, pasid);
    }

    @Nullable
    PlainHandle exchange(PlainGroup group, IommuDomain domain, Pasid pasid, @Nullable PlainHandle handle) {
        Entry present = group.table.get(pasid);
        if (present != null) {
            requireFresh(present, handle, domain);
            if (isSame(present.domain(), domain)) {
                publish(group, pasid, domain, handle);
                return present.handle();
            }
        }
        switchTo(group, pasid, domain, handle);
        return present == null ? null : present.handle();
    }

    boolean isSame(IommuDomain present, IommuDomain domain) {
        return present.equals(domain);
    }

    @Override
    public void detach(IommuDomain domain, IommuDevice device, Pasid pasid) {
        PlainGroup group = groups.get(device);
        if (group == null || pasid.isNone()) {
            warnings.warning("wrong detach");
            return;
        }
        detachFrom(group, domain, pasid);
    }

    void detachFrom(PlainGroup group, IommuDomain domain, Pasid pasid) {
        PlainHandle[] old = new PlainHandle[1];
        group.mutex.with(() -> {
            Entry present = group.table.get(pasid);
            if (present == null || !present.domain().equals(domain)) {
                warnings.warning("wrong detach");
                return;
            }
            takeOff(group, pasid);
            old[0] = present.handle();
        });
        pages.abandon(old[0]);
    }

    void takeOff(PlainGroup group, Pasid pasid) {
        reachedByDetach(group, pasid).forEach(device -> block(group, device, pasid));
        group.table.remove(pasid);
    }

    List<IommuDevice> reachedByDetach(PlainGroup group, Pasid pasid) {
        return group.reachable(pasid);
    }

    @Override
    public void attachGroup(IommuDomain domain, Group group, @Nullable Handle handle) {
        exchangeGroup(domain, (PlainGroup) group, (PlainHandle) handle, true);
    }

    @Override
    public void replaceGroup(IommuDomain domain, Group group, @Nullable Handle handle) {
        exchangeGroup(domain, (PlainGroup) group, (PlainHandle) handle, false);
    }

    private void exchangeGroup(IommuDomain domain, PlainGroup group, @Nullable PlainHandle handle, boolean attach) {
        require(handle != null, Errno.EINVAL, "no handle");
        PlainHandle[] old = new PlainHandle[1];
        group.mutex.with(() -> {
            Entry present = group.table.get(Pasid.NONE);
            require(!attach || present == null, Errno.EBUSY, "occupied");
            require(!group.devices.isEmpty(), Errno.EINVAL, "no device");
            require(domain.driver().equals(driver), Errno.EINVAL, "foreign");
            require(driver.capabilities().withoutPasid().contains(domain.type()), Errno.EOPNOTSUPP, "kind");
            boolean same = present != null && present.domain().equals(domain);
            require(same || !group.inReset(), Errno.EBUSY, "in reset");
            old[0] = exchange(group, domain, Pasid.NONE, handle);
        });
        abandon(old[0], handle);
    }

    @Override
    public void detachGroup(IommuDomain domain, Group group) {
        detachFrom((PlainGroup) group, domain, Pasid.NONE);
    }

    /** Sets {@code domain} on all devices and publishes the handle. */
    void switchTo(PlainGroup group, Pasid pasid, IommuDomain domain, @Nullable PlainHandle handle) {
        setAll(group, pasid, domain);
        publish(group, pasid, domain, handle);
    }

    void publish(PlainGroup group, Pasid pasid, IommuDomain domain, @Nullable PlainHandle handle) {
        if (handle != null) {
            handle.domain = domain;
        }
        group.table.put(pasid, new Entry(domain, handle));
    }

    /** All or none. */
    void setAll(PlainGroup group, Pasid pasid, IommuDomain domain) {
        List<IommuDevice> devices = called(group, pasid);
        List<IommuDomain> before = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            before.add(group.inForce(devices.get(i), pasid));
            try {
                group.set(devices.get(i), pasid, domain);
            } catch (IommuException failure) {
                undo(group, devices, i, pasid, before);
                throw seen(failure);
            }
        }
    }

    List<IommuDevice> called(PlainGroup group, Pasid pasid) {
        return group.devices(pasid);
    }

    IommuException seen(IommuException failure) {
        return failure;
    }

    void undo(PlainGroup group, List<IommuDevice> devices, int failing, Pasid pasid, List<IommuDomain> before) {
        for (int i = 0; i < failing; i++) {
            back(group, devices.get(i), pasid, before.get(i));
        }
    }

    void back(PlainGroup group, IommuDevice device, Pasid pasid, IommuDomain old) {
        if (old.type() == DomainType.BLOCKED) {
            block(group, device, pasid);
            return;
        }
        try {
            group.set(device, pasid, old);
        } catch (IommuException failure) {
            stuck(group, device, pasid, failure);
        }
    }

    void stuck(PlainGroup group, IommuDevice device, Pasid pasid, IommuException failure) {
        warnings.warning("cannot go back: " + failure);
        block(group, device, pasid);
    }

    void block(PlainGroup group, IommuDevice device, Pasid pasid) {
        try {
            group.set(device, pasid, group.blocked);
        } catch (IommuException failure) {
            warnings.warning("cannot block: " + failure);
        }
    }

    @Override
    public Bond bind(IommuDevice device, AddressSpace addressSpace) {
        return sharing.bind(device, addressSpace);
    }

    @Override
    public void unbind(Bond bond) {
        sharing.unbind((PlainBond) bond);
    }

    @Override
    public @Nullable Handle find(Group group, Pasid pasid) {
        Entry entry = ((PlainGroup) group).table.get(pasid);
        return entry == null ? null : entry.handle();
    }

    @Override
    public Map<Pasid, String> attached(Group group) {
        Map<Pasid, String> attached = new TreeMap<>();
        ((PlainGroup) group)
                .table.forEach(
                        (pasid, entry) -> attached.put(pasid, entry.domain().name()));
        return attached;
    }

    @Override
    public void prepareRecovery(IommuDevice device) {
        PlainGroup group = requireGroup(device);
        group.mutex.with(() -> {
            if (!group.inReset(device)) {
                if (group.inForce(device, Pasid.NONE).type() != DomainType.BLOCKED) {
                    group.set(device, Pasid.NONE, group.blocked);
                }
                group.table.keySet().stream()
                        .filter(pasid -> !pasid.isNone())
                        .forEach(pasid -> block(group, device, pasid));
            }
            group.resets.merge(device, 1, Integer::sum);
        });
    }

    @Override
    public void recoveryDone(IommuDevice device) {
        PlainGroup group = requireGroup(device);
        group.mutex.with(() -> {
            if (group.resets.merge(device, -1, Integer::sum) == 0) {
                comeBack(group, device);
            }
        });
    }

    void comeBack(PlainGroup group, IommuDevice device) {
        restore(group, device, pasid -> true);
    }

    /** Requests without PASID sort first. */
    final void restore(PlainGroup group, IommuDevice device, Predicate<Pasid> which) {
        group.table.forEach((pasid, entry) -> {
            if (which.test(pasid)) {
                try {
                    group.set(device, pasid, entry.domain());
                } catch (IommuException failure) {
                    warnings.warning("stays off: " + failure);
                }
            }
        });
    }

    @Override
    public void report(PageRequest request) {
        PlainPages.Asked asked = pages.report(request);
        if (asked.complete) {
            groups.forEach((device, group) -> {
                Entry entry = group.table.get(request.pasid());
                if (device.description().primaryRequesterId() == request.requesterId() && entry != null) {
                    asked.handle = entry.handle();
                }
            });
        }
    }

    @Override
    public void serviceEvents() {
        driver.serviceEvents();
        pages.deliver();
    }

    /** The attachment of {@code old} is over; {@code fresh} has taken its place. */
    void abandon(@Nullable PlainHandle old, @Nullable PlainHandle fresh) {
        pages.abandon(old);
    }

    final PlainGroup requireGroup(IommuDevice device) {
        PlainGroup group = groups.get(device);
        require(group != null, Errno.ENODEV, "no group");
        return group;
    }

    final void requireKind(IommuDomain domain) {
        require(domain.driver().capabilities().onPasid().contains(domain.type()), Errno.EOPNOTSUPP, "kind");
    }

    final void requireRemoval() {
        require(driver.capabilities().onPasid().contains(DomainType.BLOCKED), Errno.EOPNOTSUPP, "no removal");
    }

    void requireForAttach(IommuDomain domain, Pasid pasid) {
        require(domain.driver().equals(driver) && !pasid.isNone(), Errno.EINVAL, "foreign, or PASID 0");
    }

    void requireForReplace(IommuDomain domain, Pasid pasid, @Nullable PlainHandle handle) {
        requireForAttach(domain, pasid);
        require(handle != null, Errno.EINVAL, "no handle");
    }

    void requireNoReset(PlainGroup group) {
        require(!group.inReset(), Errno.EBUSY, "in reset");
    }

    void requireRange(PlainGroup group, IommuDevice device, Pasid pasid) {
        List<IommuDevice> devices = group.devices(pasid);
        require(!devices.isEmpty(), Errno.EOPNOTSUPP, "no PASIDs");
        devices.forEach(each -> require(pasid.value() < each.maxPasids(), Errno.EINVAL, "out of range"));
    }

    void requireAttached(PlainGroup group, Pasid pasid) {
        require(group.table.containsKey(pasid), Errno.EINVAL, "nothing attached");
    }

    void requireFresh(Entry present, @Nullable PlainHandle handle, IommuDomain domain) {
        require(handle == null || handle != present.handle(), Errno.EINVAL, "handle in use");
    }

    static void require(boolean kept, Errno errno, String reason) {
        if (!kept) {
            throw new IommuException(errno, reason);
        }
    }
}
