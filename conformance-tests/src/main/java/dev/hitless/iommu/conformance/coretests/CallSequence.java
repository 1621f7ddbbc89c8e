package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a driver was asked during an attach or a replace against the contract: one call for each device, in order,
 * from old to new. When one fails: never that device again, no later one, and the earlier ones go back, in the same order;
 * one that cannot go back is blocked. What must follow depends on what the driver answered, so this follows its answers.
 */
final class CallSequence {
    private final Setting setting;
    private final Performed done;
    private final Pasid pasid;
    private final IommuDomain old;
    private final IommuDomain target;
    private final List<IommuDevice> devices;
    private final List<DriverCall> calls = new ArrayList<>();
    private int next;
    private int failing = -1;
    private boolean sound = true;

    /**
     * @param old what stands behind {@code pasid} of every device; the blocked domain for an attach
     * @param target what is to stand there
     */
    CallSequence(Setting setting, Performed done, Pasid pasid, IommuDomain old, IommuDomain target) {
        this.setting = setting;
        this.done = done;
        this.pasid = pasid;
        this.old = old;
        this.target = target;
        this.devices = setting.devices(pasid);
    }

    /** Checks the calls, then what every device is left with. */
    void check() {
        leaveOutDevicesWithoutPasids();
        forward();
        if (sound && failing >= 0) {
            back();
        }
        if (sound && next < calls.size()) {
            wrong(
                    failing < 0 ? Rule.CORE_01 : Rule.CORE_04,
                    "no further call",
                    calls.get(next).toString());
        }
        if (sound) {
            checkOutcome();
            checkDevices();
        }
    }

    private void leaveOutDevicesWithoutPasids() {
        for (DriverCall call : done.calls()) {
            if (devices.contains(call.device())) {
                calls.add(call);
            } else {
                wrong(Rule.CORE_06, "a device without PASIDs is not called", call.toString());
            }
        }
    }

    private void forward() {
        for (int i = 0; sound && failing < 0 && i < devices.size(); i++) {
            DriverCall call = take(Rule.CORE_01, devices.get(i), old, target);
            if (call != null && call.failure().isPresent()) {
                failing = i;
            }
        }
    }

    private @Nullable DriverCall take(Rule rule, IommuDevice device, IommuDomain from, IommuDomain to) {
        String expected = device.name() + ", " + pasid + ": " + from.name() + " -> " + to.name();
        if (next == calls.size()) {
            wrong(rule, expected, "no further call");
            return null;
        }
        DriverCall call = calls.get(next++);
        if (!call.is(device, pasid, from, to)) {
            wrong(rule, expected, call.toString());
            return null;
        }
        return call;
    }

    private void back() {
        for (DriverCall call : calls.subList(next, calls.size())) {
            int place = devices.indexOf(call.device());
            if (place == failing) {
                wrong(Rule.CORE_04, "the device that failed is not called again", call.toString());
            } else if (place > failing) {
                wrong(Rule.CORE_04, "devices after the one that failed are not called", call.toString());
            }
        }
        for (int i = 0; sound && i < failing; i++) {
            DriverCall call = take(Rule.CORE_04, devices.get(i), target, old);
            if (call != null && call.failure().isPresent()) {
                warned(call);
                if (old.type() != DomainType.BLOCKED) {
                    take(Rule.CORE_05, devices.get(i), inForceAfter(call, target), blocked());
                }
            }
        }
    }

    private void warned(DriverCall call) {
        if (done.warnings().isEmpty()) {
            wrong(Rule.CORE_05, "a warning, since a roll-back failed", "no warning after " + call);
        }
    }

    /** What a call that failed leaves attached: what was before, unless the driver says that it had to take it off. */
    private IommuDomain inForceAfter(DriverCall call, IommuDomain before) {
        boolean takenOff = !setting.bench().driver().attachments(call.device()).containsKey(pasid);
        return mayFence(call) && takenOff ? blocked() : before;
    }

    /** Hardware that gave no answer may have left nothing to do but to block the PASID. */
    private static boolean mayFence(DriverCall call) {
        return call.failure().orElseThrow() instanceof IommuException failure
                && (failure.errno() == Errno.EIO || failure.errno() == Errno.ETIMEDOUT);
    }

    private IommuDomain blocked() {
        return setting.bench().driver().blockedDomain();
    }

    private void checkOutcome() {
        if (failing < 0) {
            setting.check(Rule.CORE_01, done.thrown().isEmpty(), done.what() + " succeeds", done.outcome());
            return;
        }
        RuntimeException error = forwardCall(failing).failure().orElseThrow();
        boolean same = done.thrown().filter(error::equals).isPresent();
        setting.check(Rule.CORE_04, same, done.what() + " fails with the driver's own " + error, done.outcome());
    }

    private DriverCall forwardCall(int device) {
        return calls.get(device);
    }

    /** Follows the calls to what each device must be on now. */
    private void checkDevices() {
        for (int i = 0; i < devices.size(); i++) {
            IommuDomain now = old;
            boolean parked = false;
            boolean mayBeFenced = false;
            for (DriverCall call : calls) {
                if (call.device().equals(devices.get(i))) {
                    boolean failed = call.failure().isPresent();
                    parked |= failed && i != failing;
                    mayBeFenced = failed && mayFence(call);
                    now = failed ? inForceAfter(call, now) : call.target();
                }
            }
            Rule rule = failing < 0 ? Rule.DRV_01 : parked ? Rule.CORE_05 : Rule.CORE_04;
            if (!mayBeFenced || !setting.bench().isBlocked(devices.get(i), pasid)) {
                setting.checkMeets(rule, "after " + done.what(), devices.get(i), pasid, now);
            }
        }
    }

    private void wrong(Rule rule, String expected, String observed) {
        sound = false;
        setting.found(rule, done.what() + ": " + expected, observed);
    }
}
