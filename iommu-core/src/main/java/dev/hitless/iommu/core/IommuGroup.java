package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Devices that the hardware cannot keep apart, and that therefore share every attachment. Made by {@link
 * IommuCore#createGroup}; all operations on it are there.
 *
 * <p>The group has one mutex. Every change runs under it, driver calls included. What is attached can be read without
 * it.
 */
public final class IommuGroup {
    private final String name;
    private final IommuDriver driver;
    private final IommuDomain defaultDomain;
    private final DriverLock mutex;
    private final PasidTable table = new PasidTable();

    private volatile List<GroupMember> members = List.of();
    private volatile IommuDomain ridDomain;
    private volatile Use use = new Use(null, 0);

    /**
     * Who may do DMA.
     *
     * @param owner null: users of the default domain, if any
     * @param users how often the group was claimed, by its owner or for its default domain
     */
    private record Use(@Nullable Object owner, int users) {}

    IommuGroup(String name, IommuDriver driver, IommuDomain defaultDomain, DriverLock mutex) {
        this.name = name;
        this.driver = driver;
        this.defaultDomain = defaultDomain;
        this.mutex = mutex;
        this.ridDomain = defaultDomain;
    }

    /** For people. */
    public String name() {
        return name;
    }

    /** The driver of its devices. */
    public IommuDriver driver() {
        return driver;
    }

    /** Its devices, in the order in which drivers are called for them. A copy. */
    public List<IommuDevice> devices() {
        return members.stream().map(GroupMember::device).toList();
    }

    /** The domain behind requests without PASID when nobody asked for another: identity or blocked. */
    public IommuDomain defaultDomain() {
        return defaultDomain;
    }

    /**
     * The domain behind requests without PASID. While a device of the group recovers, the one that it will come back
     * to.
     */
    public IommuDomain ridDomain() {
        return ridDomain;
    }

    /** What it looks like now. */
    public GroupSnapshot snapshot() {
        List<DeviceSnapshot> devices = members.stream().map(this::snapshot).toList();
        List<AttachmentSnapshot> attachments = new ArrayList<>();
        table.filledPasids().forEach((pasid, slot) -> attachments.add(AttachmentSnapshot.of(pasid, slot)));
        Slot rid = table.find(Pasid.NONE);
        return new GroupSnapshot(
                name,
                devices,
                AttachmentSnapshot.of(Pasid.NONE, rid == null ? new Slot(ridDomain, null) : rid),
                attachments,
                OwnershipSnapshot.of(use.owner(), use.users()));
    }

    private DeviceSnapshot snapshot(GroupMember member) {
        Set<Pasid> pasids = new TreeSet<>(member.inUse());
        pasids.add(Pasid.NONE);
        if (member.hasPasids()) {
            pasids.addAll(table.filledPasids().keySet());
        }
        List<AttachmentSnapshot> deviations = new ArrayList<>();
        for (Pasid pasid : pasids) {
            IommuDomain inForce = member.inForce(pasid);
            if (!GroupMember.isSame(inForce, recorded(pasid))) {
                deviations.add(AttachmentSnapshot.of(pasid, new Slot(inForce, null)));
            }
        }
        return new DeviceSnapshot(
                member.device().name(), member.device().maxPasids(), member.isRecovering(), deviations);
    }

    private IommuDomain recorded(Pasid pasid) {
        if (pasid.isNone()) {
            return ridDomain;
        }
        Slot slot = table.find(pasid);
        return slot == null ? driver.blockedDomain() : slot.domain();
    }

    @Override
    public String toString() {
        return "group " + name;
    }

    <T> T locked(Supplier<T> action) {
        mutex.lock();
        try {
            return action.get();
        } finally {
            mutex.unlock();
        }
    }

    void locked(Runnable action) {
        mutex.with(action);
    }

    PasidTable table() {
        return table;
    }

    SortedMap<Pasid, Slot> attachedPasids() {
        return table.filledPasids();
    }

    List<GroupMember> members() {
        return members;
    }

    /** The member that {@code device} is. */
    GroupMember member(IommuDevice device) {
        for (GroupMember member : members) {
            if (member.device().equals(device)) {
                return member;
            }
        }
        throw new IommuException(Errno.ENODEV, "device " + device.name() + " has just left " + this);
    }

    /** Those that can send requests with PASID. The others are neither checked nor called on PASID changes. */
    List<GroupMember> pasidMembers() {
        return members.stream().filter(GroupMember::hasPasids).toList();
    }

    /** Those that a detach or a change that must not fail reaches: a recovering device is blocked already. */
    static List<GroupMember> reachable(List<GroupMember> members) {
        return members.stream().filter(member -> !member.isRecovering()).toList();
    }

    void add(GroupMember member) {
        List<GroupMember> more = new ArrayList<>(members);
        more.add(member);
        members = List.copyOf(more);
    }

    void remove(GroupMember member) {
        members = members.stream().filter(other -> !other.equals(member)).toList();
    }

    void setRidDomain(IommuDomain domain) {
        ridDomain = domain;
    }

    boolean isRecovering() {
        return members.stream().anyMatch(GroupMember::isRecovering);
    }

    @Nullable
    Object owner() {
        return use.owner();
    }

    /** How often the group was claimed, by its owner or for its default domain. */
    int users() {
        return use.users();
    }

    void addUser(@Nullable Object user) {
        use = new Use(user, use.users() + 1);
    }

    /** One user less; true when that was the last. */
    boolean removeUser() {
        int left = use.users() - 1;
        use = new Use(left == 0 ? null : use.owner(), left);
        return left == 0;
    }
}
