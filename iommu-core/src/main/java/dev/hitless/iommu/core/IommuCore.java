package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The subsystem. Users attach, replace and detach domains here; drivers are called from here and nowhere else. Made by
 * {@link #create} for an application, by {@link #over} around one driver.
 *
 * <p>All operations may be called from any thread. Unless said otherwise they throw {@link IommuException}, and nothing
 * has changed then. What a driver throws comes through unchanged.
 */
public final class IommuCore {
    private final DriverCatalog catalog;
    private final Locks locks;
    private final List<IommuDriver> drivers = new CopyOnWriteArrayList<>();
    private final DeviceRegistry registry = new DeviceRegistry();
    private final PageRequests pageRequests;
    private final PasidAttachments pasids;
    private final RidAttachments rid;
    private final Ownership ownership;
    private final DeviceRecovery recovery;
    private final GroupDevices devices;
    private final SharedAddressSpaces sharedAddressSpaces;

    IommuCore(DriverCatalog catalog, Locks locks, WarningSink warnings) {
        this.catalog = catalog;
        this.locks = locks;
        DomainSwitch domainSwitch = new DomainSwitch(warnings);
        this.pageRequests = new PageRequests(
                registry,
                warnings,
                locks.create("core.page-requests", "all"),
                locks.create("core.page-responses", "all"));
        this.pasids = new PasidAttachments(registry, domainSwitch, pageRequests, warnings);
        this.rid = new RidAttachments(domainSwitch, pageRequests, warnings);
        this.ownership = new Ownership(rid, warnings);
        this.recovery = new DeviceRecovery(registry, domainSwitch, warnings);
        this.devices = new GroupDevices(registry, domainSwitch, pageRequests);
        this.sharedAddressSpaces = new SharedAddressSpaces(registry, pasids, locks.create("core.sva", "all"), warnings);
    }

    /** A core for an application: drivers from {@code catalog}, locks of the JVM, warnings to the system logger. */
    public static IommuCore create(DriverCatalog catalog) {
        return CoreInjector.create(catalog);
    }

    /**
     * A core around a driver that is up already. Cheap: nothing is scanned or injected.
     *
     * @param locks where the core's locks come from: classes {@code core.sva}, {@code core.group}, {@code
     *     core.page-responses} and {@code core.page-requests}, taken in that order, those of drivers between the last two
     * @param warnings hears of broken promises of the driver and of callers
     */
    public static IommuCore over(IommuDriver driver, Locks locks, WarningSink warnings) {
        IommuCore core = new IommuCore(DriverCatalog.empty(), locks, warnings);
        core.drivers.add(driver);
        return core;
    }

    /** The drivers to choose from. */
    public DriverCatalog catalog() {
        return catalog;
    }

    /**
     * Brings up the IOMMU behind {@code platform} with driver {@code id} of the catalogue.
     *
     * @throws IommuException ENOENT when there is no such driver, ENODEV when it could not be loaded; what {@link
     *     dev.hitless.iommu.api.IommuDriverProvider#create} throws
     */
    public IommuDriver bringUp(String id, Platform platform, DriverOptions options) {
        IommuDriver driver = catalog.require(id).create(platform, options);
        drivers.add(driver);
        return driver;
    }

    /**
     * A group without devices yet, of the one driver of this core, with the blocked domain as default domain.
     *
     * @throws IommuException EINVAL when the core has no driver or several
     */
    public IommuGroup createGroup(String name) {
        if (drivers.size() != 1) {
            throw new IommuException(
                    Errno.EINVAL,
                    "group " + name + ": this core has " + drivers.size()
                            + " drivers up; say which one the group is of");
        }
        return createGroup(name, drivers.get(0), DomainType.BLOCKED);
    }

    /**
     * A group without devices yet.
     *
     * @param defaultDomain what stands behind requests without PASID when nobody asks for something else: {@link
     *     DomainType#IDENTITY} or {@link DomainType#BLOCKED}
     * @throws IommuException EINVAL (another default domain, or a driver that this core does not have), EOPNOTSUPP (no
     *     identity domain here)
     */
    public IommuGroup createGroup(String name, IommuDriver driver, DomainType defaultDomain) {
        if (!drivers.contains(driver)) {
            throw new IommuException(Errno.EINVAL, "group " + name + ": the driver was not brought up by this core");
        }
        IommuDomain domain;
        if (defaultDomain == DomainType.IDENTITY) {
            domain = driver.identityDomain();
        } else if (defaultDomain == DomainType.BLOCKED) {
            domain = driver.blockedDomain();
        } else {
            throw new IommuException(
                    Errno.EINVAL, "group " + name + ": a default domain is IDENTITY or BLOCKED, not " + defaultDomain);
        }
        IommuGroup group = new IommuGroup(name, driver, domain, locks.create("core.group", name));
        registry.add(group);
        return group;
    }

    /**
     * Has the driver probe a device, puts it on the group's domain for requests without PASID, and adds it to the group.
     *
     * @throws IommuException EBUSY while PASIDs are attached to the group, since the device would lack them, or a device
     *     recovers; what {@link IommuDriver#probe} throws
     */
    public IommuDevice addDevice(IommuGroup group, DeviceDescription description) {
        return devices.add(group, description);
    }

    /**
     * Blocks a device, has the driver release it, and takes it out of its group. Its page requests are answered {@code
     * INVALID}.
     *
     * @throws IommuException ENODEV (in no group), EBUSY (it has PASIDs attached: detach first)
     */
    public void removeDevice(IommuDevice device) {
        devices.remove(device);
    }

    /**
     * Puts {@code domain} behind {@code pasid} of all devices of the device's group that can send PASIDs. Checked in
     * this order, the first that fails decides:
     *
     * <ol>
     *   <li>ENODEV: the device is in no group.
     *   <li>EOPNOTSUPP: the driver cannot put a domain of this type, or the blocked domain, behind a PASID. Without the
     *       latter it could never be detached.
     *   <li>EINVAL: the domain is of another driver instance, or {@code pasid} is {@link Pasid#NONE}.
     *   <li>EBUSY: a device of the group recovers from a reset.
     *   <li>EOPNOTSUPP: no device of the group can send PASIDs. (Linux stores an entry then, calls no driver, and reports
     *       success.) EINVAL: one that can does not reach this PASID.
     *   <li>EBUSY: something is attached there, be it the same domain.
     *   <li>EINVAL and a warning: the handle is not fresh. (Linux does not look, and marks the handle before check 6.)
     *   <li>The driver's own error. Earlier devices are blocked again, later ones were never called.
     * </ol>
     *
     * <p>The slot is reserved, then drivers are called, then the handle becomes visible.
     *
     * @param handle found by the fault path; null: the slot is taken, but page requests have nowhere to go
     */
    public void attachDevicePasid(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable AttachHandle handle) {
        pasids.attach(domain, device, pasid, handle);
    }

    /**
     * Puts {@code domain} behind {@code pasid} in place of what is attached, without removing that first: one driver call
     * for each device that can send PASIDs, with the old domain. Checked in this order:
     *
     * <ol>
     *   <li>ENODEV: the device is in no group.
     *   <li>EOPNOTSUPP: the driver cannot put a domain of this type behind a PASID.
     *   <li>EINVAL: the domain is of another driver instance, {@code pasid} is {@link Pasid#NONE}, or {@code handle} is
     *       null.
     *   <li>EBUSY: a device of the group recovers from a reset.
     *   <li>ENOMEM: kept free; the slot exists already.
     *   <li>EINVAL: nothing is attached there. A PASID out of range ends here too.
     *   <li>EINVAL and a warning: the handle is not fresh. (Linux has pointed a live handle at the new domain by then;
     *       here nothing has changed.)
     *   <li>Success without a driver call when the domain is attached already: only the handle changes.
     *   <li>The driver's own error. Earlier devices went back to the old domain, or, where that failed, are blocked, with
     *       a warning; later ones were never called. The old handle stands.
     * </ol>
     *
     * <p>The old handle stays visible until every device has switched. Unanswered page requests that came for it are
     * then answered {@code INVALID}.
     */
    public void replaceDevicePasid(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable AttachHandle handle) {
        pasids.replace(domain, device, pasid, handle);
    }

    /**
     * Blocks {@code pasid} on all devices of the group, then empties the slot. Never fails: a driver that does is warned
     * about. Works during recovery; the devices in recovery are blocked already.
     *
     * <p>Linux checks nothing here. Where the caller is wrong (no group, nothing attached, another domain attached) this
     * warns and changes nothing, since a driver must never be given an old domain that is not attached.
     */
    public void detachDevicePasid(IommuDomain domain, IommuDevice device, Pasid pasid) {
        pasids.detach(domain, device, pasid);
    }

    /**
     * The handle under {@code pasid}, {@link Pasid#NONE} included, as the fault path sees it: without the group's mutex.
     *
     * @param type of the domain wanted; null: any
     * @throws IommuException ENOENT (nothing, or nothing yet, or an attachment without handle), EBUSY (a domain of another
     *     type)
     */
    public AttachHandle attachHandleGet(IommuGroup group, Pasid pasid, @Nullable DomainType type) {
        Slot slot = group.table().find(pasid);
        AttachHandle handle = slot == null ? null : slot.handle();
        if (slot == null || handle == null) {
            throw new IommuException(Errno.ENOENT, group + ", " + pasid + ": no handle is attached there");
        }
        if (type != null && slot.domain().type() != type) {
            throw new IommuException(
                    Errno.EBUSY,
                    group + ", " + pasid + ": " + slot.domain().name() + " of type "
                            + slot.domain().type() + " is attached there, not one of type " + type);
        }
        return handle;
    }

    /**
     * Puts {@code domain} behind requests without PASID of all devices of the group. Checked in this order: EINVAL (no
     * handle), EBUSY (something is attached there), EINVAL (no device, or a domain of another driver instance),
     * EOPNOTSUPP (a type that cannot stand there), EINVAL (handle not fresh), EBUSY (a device recovers, and the domain is
     * not there already), the driver's own error.
     */
    public void attachGroupHandle(IommuDomain domain, IommuGroup group, @Nullable AttachHandle handle) {
        rid.attach(domain, group, handle);
    }

    /**
     * Puts {@code domain} behind requests without PASID in place of what is there; an attach when that is a domain of the
     * core. Checked in this order: EINVAL (no handle), EINVAL (no device, or a domain of another driver instance; Linux
     * does not look), EOPNOTSUPP (a type that cannot stand there), EINVAL (handle not fresh), EBUSY (a device recovers,
     * and the domain is not there already), the driver's own error.
     */
    public void replaceGroupHandle(IommuDomain domain, IommuGroup group, @Nullable AttachHandle handle) {
        rid.replace(domain, group, handle);
    }

    /**
     * Puts requests without PASID back on the blocked domain if the group has an owner, else on the default domain. Never
     * fails: a device that cannot take that is blocked, with a warning. A wrong call (nothing or another domain attached)
     * warns and changes nothing.
     */
    public void detachGroupHandle(IommuDomain domain, IommuGroup group) {
        rid.detach(domain, group);
    }

    /**
     * Makes {@code owner} the only one who may do DMA with the group, and blocks requests without PASID. The same owner
     * may claim several times.
     *
     * @throws IommuException EBUSY: another owner, users of the default domain, or anything attached, with PASID or
     *     without; the driver's own error
     */
    public void claimDmaOwner(IommuGroup group, Object owner) {
        ownership.claim(group, owner);
    }

    /** Gives one claim back; with the last one the default domain returns. While anything is attached: a warning only. */
    public void releaseDmaOwner(IommuGroup group) {
        ownership.release(group);
    }

    /**
     * Counts one user of the default domain.
     *
     * @throws IommuException EBUSY: the group has an owner; or it has users and anything is attached, with PASID or
     *     without
     */
    public void useDefaultDomain(IommuGroup group) {
        ownership.useDefaultDomain(group);
    }

    /** Counts one user less. While anything is attached: a warning only. */
    public void unuseDefaultDomain(IommuGroup group) {
        ownership.unuseDefaultDomain(group);
    }

    /**
     * Lets a device use an address space, under a PASID that the core chooses: the same one for all devices that share
     * this address space. Binding again gives the same bond once more.
     *
     * @param handler takes the page requests; null: they are answered {@code INVALID}. Of the first bind only
     * @throws IommuException in this order: ENODEV (in no group), EOVERFLOW (the address space has a PASID that this
     *     device cannot reach), ENOSPC (no PASID left, or a device without), EBUSY (something else is attached there),
     *     EOPNOTSUPP (no SVA here), and what attach throws
     */
    public SvaBond bindSva(IommuDevice device, AddressSpace addressSpace, @Nullable PageRequestHandler handler) {
        return sharedAddressSpaces.bind(device, addressSpace, handler);
    }

    /**
     * Gives one bind back. With the last one the PASID is detached, and freed when no other device uses it. The device
     * must have stopped using the PASID before.
     *
     * @throws IommuException EINVAL: unbound as often as bound
     */
    public void unbindSva(SvaBond bond) {
        sharedAddressSpaces.unbind(bond);
    }

    /**
     * Comes before the reset of a device: blocks all its DMA. Until the matching {@link #recoveryDone} the group refuses
     * attach and replace with EBUSY; its record of what is attached stays. Pairs may nest. Does nothing for a device
     * without ATS, since only invalidations sent to a device in reset do harm.
     *
     * @throws IommuException ENODEV and a warning: in no group; the driver's own error when requests without PASID cannot
     *     be blocked
     */
    public void prepareRecovery(IommuDevice device) {
        recovery.prepare(device);
    }

    /**
     * Comes after the reset: puts back what is attached now, requests without PASID first. What was detached meanwhile
     * stays off. A driver that cannot go back is warned about, and the PASID stays blocked.
     */
    public void recoveryDone(IommuDevice device) {
        recovery.done(device);
    }

    /**
     * Takes a page request from {@code driver}; called by the platform's event sink. Finds the attachment at once,
     * without any group's mutex, and only queues, so that drivers may report from within any call.
     */
    public void reportPageRequest(IommuDriver driver, PageRequest request) {
        pageRequests.report(driver, request);
    }

    /**
     * Stands for the interrupt: has every driver read its event logs, then hands page requests to their handlers. Those
     * without attachment, handle or handler are answered {@code INVALID}. No lock is held by the caller.
     */
    public void serviceEvents() {
        drivers.forEach(IommuDriver::serviceEvents);
        pageRequests.deliver();
    }

    /** What is attached where, now. */
    public List<GroupSnapshot> snapshot() {
        return registry.groups().stream().map(IommuGroup::snapshot).toList();
    }
}
