package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A subsystem over a bench, with one group; what is done with it, and what was found. */
final class Setting {
    static final Pasid PASID = Pasid.of(0x5);
    static final Pasid OTHER = Pasid.of(0x6);
    static final Pasid UNUSED = Pasid.of(0x9);

    /** As wide as all hardware can do. */
    static final int WIDE = 16;

    private static final int FIRST_REQUESTER = 0x20;

    private final Bench bench;
    private final Subsystem subsystem;
    private final Subsystem.Group group;
    private final List<IommuDevice> devices = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Findings findings = new Findings();
    private Consumer<DriverCall> inside = call -> {};
    private boolean lostCommand;

    Setting(Bench.Factory benches, Subsystem.Factory subsystems) {
        this(benches.set(), subsystems);
    }

    Setting(Bench bench, Subsystem.Factory subsystems) {
        this.bench = bench;
        subsystem = subsystems.over(bench.driver(), bench.locks(), warnings::add);
        bench.deliverPageRequests(subsystem::report);
        group = subsystem.createGroup("group-a");
    }

    Bench bench() {
        return bench;
    }

    Subsystem subsystem() {
        return subsystem;
    }

    Subsystem.Group group() {
        return group;
    }

    /** Devices of the group, in the order in which they were added. */
    List<IommuDevice> devices() {
        return List.copyOf(devices);
    }

    /** Those that can send requests with {@code pasid}, or all for requests without. */
    List<IommuDevice> devices(Pasid pasid) {
        return devices.stream()
                .filter(device -> pasid.isNone() || device.maxPasids() > 0)
                .toList();
    }

    /** Adds a device to the group. */
    IommuDevice add(String name, int pasidBits) {
        return add(group, name, pasidBits);
    }

    /** Adds a device to any group. */
    IommuDevice add(Subsystem.Group to, String name, int pasidBits) {
        return add(to, bench.describe(name, nextRequester(), pasidBits, false));
    }

    /** Adds a device with PASIDs that sends page requests. */
    IommuDevice addWithPageRequests(String name) {
        return add(group, bench.describe(name, nextRequester(), WIDE, true));
    }

    /** A device that is in no group. */
    IommuDevice stranger() {
        return bench.driver().probe(bench.describe("stranger", 0x90, WIDE, false));
    }

    private int nextRequester() {
        return FIRST_REQUESTER + 8 * devices.size();
    }

    private IommuDevice add(Subsystem.Group to, DeviceDescription description) {
        IommuDevice device = subsystem.addDevice(to, description);
        devices.add(device);
        bench.added(device);
        bench.driver().takeCalls();
        return device;
    }

    /** The subsystem has removed {@code device}. */
    void removed(IommuDevice device) {
        bench.removed(device);
        devices.remove(device);
    }

    /** A fresh handle that takes no page requests. */
    Subsystem.Handle handle(String name) {
        return subsystem.newHandle(name, null);
    }

    /** Puts a domain behind a PASID, or behind requests without, as part of setting up. */
    Subsystem.Handle attached(IommuDomain domain, Pasid pasid) {
        Subsystem.Handle handle = handle("handle of " + domain.name());
        attach(domain, pasid, handle);
        bench.driver().takeCalls();
        return handle;
    }

    void attach(IommuDomain domain, Pasid pasid, Subsystem.@Nullable Handle handle) {
        if (pasid.isNone()) {
            subsystem.attachGroup(domain, group, handle);
        } else {
            subsystem.attach(domain, devices.get(0), pasid, handle);
        }
    }

    void replace(IommuDomain domain, Pasid pasid, Subsystem.@Nullable Handle handle) {
        if (pasid.isNone()) {
            subsystem.replaceGroup(domain, group, handle);
        } else {
            subsystem.replace(domain, devices.get(0), pasid, handle);
        }
    }

    void detach(IommuDomain domain, Pasid pasid) {
        if (pasid.isNone()) {
            subsystem.detachGroup(domain, group);
        } else {
            subsystem.detach(domain, devices.get(0), pasid);
        }
    }

    /** What the fault path finds. */
    Optional<Subsystem.Handle> find(Pasid pasid) {
        return Optional.ofNullable(subsystem.find(group, pasid));
    }

    /** The name of what the group's record has under {@code pasid}; empty: nothing. */
    Optional<String> record(Pasid pasid) {
        return Optional.ofNullable(subsystem.attached(group).get(pasid));
    }

    /** The group's whole record. */
    Map<Pasid, String> record() {
        return subsystem.attached(group);
    }

    /** From now on {@code listener} is run inside every call of the driver, before the driver acts. */
    void whenInside(Consumer<DriverCall> listener) {
        inside = listener;
    }

    /** From now on the driver fails to put {@code domain} anywhere. */
    void makeDriverFail(IommuDomain domain) {
        bench.driver()
                .script(call -> call.target().equals(domain)
                        ? Optional.of(new IommuException(Errno.ENOSPC, "fails, as scripted"))
                        : Optional.empty());
    }

    /** Performs one operation; an exception of it is part of the outcome. */
    Performed perform(String what, Runnable operation) {
        bench.driver().takeCalls();
        int warned = warnings.size();
        List<Optional<Subsystem.Handle>> visible = new ArrayList<>();
        bench.driver().whenInside(call -> {
            visible.add(find(call.pasid()));
            inside.accept(call);
        });
        RuntimeException thrown = null;
        try {
            operation.run();
        } catch (RuntimeException failure) {
            thrown = failure;
        } finally {
            bench.driver().whenInside(call -> {});
        }
        Performed performed = new Performed(
                what,
                bench.driver().takeCalls(),
                visible,
                Optional.ofNullable(thrown),
                warnings.subList(warned, warnings.size()));
        List<String> held = bench.heldLocks();
        if (!held.isEmpty()) {
            found(Rule.CORE_02, what + " leaves no lock held", "still held: " + held);
        }
        return performed;
    }

    /** A rule is broken. */
    void found(Rule rule, String expected, String observed) {
        findings.add(rule, expected, observed);
    }

    /** {@code expected} must be {@code true}. */
    void check(Rule rule, boolean kept, String expected, @Nullable Object observed) {
        findings.check(rule, kept, expected, observed);
    }

    /** What {@code device} meets there must be {@code meant}. */
    void checkMeets(Rule rule, String when, IommuDevice device, Pasid pasid, IommuDomain meant) {
        bench.mismatch(device, pasid, meant)
                .ifPresent(instead ->
                        found(rule, when + ": " + device.name() + ", " + pasid + " is on " + meant.name(), instead));
    }

    /** Whether nothing was found so far. */
    boolean isClean() {
        return findings.isEmpty();
    }

    /** Takes everything down if all went well so far, and says what was found. */
    ScenarioResult end() {
        if (isClean()) {
            lostCommand |= bench.failed().stream().anyMatch(fault -> fault.startsWith("lost: "));
            bench.failCall(0);
            bench.driver().script(call -> Optional.empty());
            takeDown();
        }
        List<Finding> all = new ArrayList<>(findings.all());
        all.addAll(bench.driverFindings());
        return ScenarioResult.of(all, bench.observations(), bench.traces(), bench.evidence());
    }

    private void takeDown() {
        for (IommuDevice device : devices) {
            bench.driver().attachments(device).forEach((pasid, domain) -> {
                if (record(pasid).isPresent()) {
                    detach(domain, pasid);
                }
            });
        }
        if (lostCommand) {
            // Hardware that lost a command may answer none any more; what it could still reach cannot be freed.
            return;
        }
        record().keySet()
                .forEach(pasid -> found(
                        Rule.CORE_02,
                        "everything can be detached",
                        pasid + " is still taken by " + record(pasid).orElse("")));
        for (IommuDevice device : List.copyOf(devices)) {
            subsystem.removeDevice(device);
            removed(device);
        }
        bench.tearDown()
                .forEach((what, left) ->
                        found(Rule.DRV_24, "nothing is left after everything was released", left + " " + what));
    }
}
