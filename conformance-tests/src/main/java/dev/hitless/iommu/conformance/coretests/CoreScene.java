package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A subsystem over a bench, with groups and what is attached to them, on which operations are about to overlap. */
final class CoreScene {
    private final Bench bench;
    private final Subsystem subsystem;
    private final Map<Subsystem.Group, List<IommuDevice>> groups = new LinkedHashMap<>();
    private final Map<Subsystem.Group, Map<Pasid, Subsystem.Handle>> before = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<CoreOperation> operations = new ArrayList<>();
    private final List<Mailbox> mailboxes = new ArrayList<>();
    private final List<Subsystem.Bond> bonds = new ArrayList<>();
    private final List<DriverCall> carriedOut = new ArrayList<>();
    private int requesters;

    CoreScene(Bench bench, Subsystem.Factory subsystems) {
        this.bench = bench;
        this.subsystem = subsystems.over(bench.driver(), bench.locks(), warnings::add);
        bench.judgeNothing();
        bench.driver().whenDone(carriedOut::add);
        bench.deliverPageRequests(subsystem::report);
    }

    Bench bench() {
        return bench;
    }

    Subsystem subsystem() {
        return subsystem;
    }

    /** Warnings of the subsystem so far. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** What the driver has done so far, setting up included. Not a copy: it is looked at at every point. */
    List<DriverCall> carriedOut() {
        return Collections.unmodifiableList(carriedOut);
    }

    /** What overlaps. */
    List<CoreOperation> operations() {
        return List.copyOf(operations);
    }

    List<Mailbox> mailboxes() {
        return List.copyOf(mailboxes);
    }

    /** Groups with the devices that are in them. */
    Map<Subsystem.Group, List<IommuDevice>> groups() {
        return groups;
    }

    /** What the fault path found when all was set up. */
    Optional<Subsystem.Handle> before(Subsystem.Group group, Pasid pasid) {
        return Optional.ofNullable(before.getOrDefault(group, Map.of()).get(pasid));
    }

    Subsystem.Group group(String name) {
        Subsystem.Group group = subsystem.createGroup(name);
        groups.put(group, new ArrayList<>());
        return group;
    }

    /** Adds a device; 0 bits: without PASIDs. */
    IommuDevice device(Subsystem.Group group, String name, int pasidBits, boolean pageRequests) {
        IommuDevice device =
                subsystem.addDevice(group, bench.describe(name, 0x20 + 8 * requesters++, pasidBits, pageRequests));
        bench.added(device);
        devices(group).add(device);
        return device;
    }

    List<IommuDevice> devices(Subsystem.Group group) {
        return groups.computeIfAbsent(group, unknown -> new ArrayList<>());
    }

    /** Attaches, as part of setting up. */
    void attach(Subsystem.Group group, Pasid pasid, IommuDomain domain, Subsystem.Handle handle) {
        if (pasid.isNone()) {
            subsystem.attachGroup(domain, group, handle);
        } else {
            subsystem.attach(domain, first(group), pasid, handle);
        }
        before.computeIfAbsent(group, unknown -> new HashMap<>()).put(pasid, handle);
    }

    void attach(Subsystem.Group group, Pasid pasid, IommuDomain domain) {
        attach(group, pasid, domain, subsystem.newHandle("of " + domain.name(), null));
    }

    /** A handle that keeps the page requests that come for it. */
    Mailbox mailbox(String name) {
        Mailbox mailbox = new Mailbox(subsystem, name);
        mailboxes.add(mailbox);
        return mailbox;
    }

    void replaces(Subsystem.Group group, Pasid pasid, IommuDomain domain) {
        replaces(group, pasid, domain, handle());
    }

    void replaces(Subsystem.Group group, Pasid pasid, IommuDomain domain, Subsystem.Handle handle) {
        changes("replace by " + domain.name(), group, pasid, domain, Optional.of(handle), () -> {
            if (pasid.isNone()) {
                subsystem.replaceGroup(domain, group, handle);
            } else {
                subsystem.replace(domain, first(group), pasid, handle);
            }
        });
    }

    void attaches(Subsystem.Group group, Pasid pasid, IommuDomain domain) {
        Subsystem.Handle handle = handle();
        changes(
                "attach of " + domain.name(),
                group,
                pasid,
                domain,
                Optional.of(handle),
                () -> subsystem.attach(domain, first(group), pasid, handle));
    }

    void detaches(Subsystem.Group group, Pasid pasid, IommuDomain domain) {
        changes(
                "detach of " + domain.name(),
                group,
                pasid,
                bench.driver().blockedDomain(),
                Optional.empty(),
                () -> subsystem.detach(domain, first(group), pasid));
    }

    /** Lets the group's first device share an address space, as part of setting up. */
    void bind(Subsystem.Group group, AddressSpace space) {
        bonds.add(subsystem.bind(first(group), space));
    }

    /** Which PASID is chosen is not known beforehand; nobody else has anything to do with it. */
    void binds(Subsystem.Group group, AddressSpace space) {
        IommuDevice device = first(group);
        does("bind of " + space.name() + " to " + device.name(), () -> bonds.add(subsystem.bind(device, space)));
    }

    /** Gives one of the binds of setting up back. */
    void unbinds(int number) {
        Subsystem.Bond bond = bonds.get(number);
        does("unbind of " + bond.pasid() + ", bound as number " + (number + 1), () -> {
            subsystem.unbind(bond);
            bonds.remove(bond);
        });
    }

    /** An attach whose handle is not looked for, since something else may be published there that is not known. */
    void attachesUnseen(Subsystem.Group group, Pasid pasid, IommuDomain domain) {
        Subsystem.Handle handle = handle();
        IommuDevice device = first(group);
        does(
                "attach of " + domain.name() + ", " + pasid + " of " + device.name(),
                device,
                pasid,
                () -> subsystem.attach(domain, device, pasid, handle));
    }

    /** PASIDs of what is bound, once for each time that it is. */
    List<Pasid> bound() {
        return bonds.stream().map(Subsystem.Bond::pasid).sorted().toList();
    }

    /** Gives every bind back that there still is. */
    void unbindAll() {
        while (!bonds.isEmpty()) {
            subsystem.unbind(bonds.remove(0));
        }
    }

    /** Something else is done, to all PASIDs of a device. */
    void does(String name, IommuDevice device, Pasid pasid, Runnable action) {
        operations.add(new CoreOperation(
                name, action, List.of(device), pasid, ReplaceGuarantee.BREAK_BEFORE_MAKE, Optional.empty()));
    }

    void does(String name, Runnable action) {
        operations.add(CoreOperation.unseen(name, action));
    }

    private Subsystem.Handle handle() {
        return subsystem.newHandle("of operation " + (operations.size() + 1), null);
    }

    private void changes(
            String what,
            Subsystem.Group group,
            Pasid pasid,
            IommuDomain domain,
            Optional<Subsystem.Handle> handle,
            Runnable action) {
        List<IommuDevice> reached = reached(group, pasid);
        ReplaceGuarantee promise =
                reached.stream().allMatch(device -> bench.promise(device, pasid, domain) == ReplaceGuarantee.HITLESS)
                        ? ReplaceGuarantee.HITLESS
                        : ReplaceGuarantee.BREAK_BEFORE_MAKE;
        operations.add(new CoreOperation(
                what + ", " + pasid + " of " + first(group).name(),
                action,
                reached,
                pasid,
                promise,
                Optional.of(new CoreOperation.Published(group, domain, handle))));
    }

    /** Devices of the group that have such requests. */
    private List<IommuDevice> reached(Subsystem.Group group, Pasid pasid) {
        return devices(group).stream()
                .filter(device -> pasid.isNone() || device.maxPasids() > 0)
                .toList();
    }

    private IommuDevice first(Subsystem.Group group) {
        return devices(group).get(0);
    }
}
