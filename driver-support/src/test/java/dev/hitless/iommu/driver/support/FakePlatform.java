package dev.hitless.iommu.driver.support;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.ArrayList;
import java.util.List;

/** A platform for tests. Waiting evaluates the condition a few times, with the hardware going on in between. */
public final class FakePlatform implements Platform, EventSink {
    private static final int POLLS = 20;

    public final FakeMemory memory = new FakeMemory();
    public final List<String> warnings = new ArrayList<>();
    private Runnable hardware = () -> {};

    /** What the hardware does between two looks at it. */
    public void whileWaiting(Runnable action) {
        hardware = action;
    }

    @Override
    public FakeMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        throw new AssertionError("nobody in driver-support touches registers");
    }

    @Override
    public Waiter waiter() {
        return (what, condition, timeoutMicros) -> {
            for (int i = 0; i < POLLS; i++) {
                if (condition.getAsBoolean()) {
                    return true;
                }
                hardware.run();
            }
            return condition.getAsBoolean();
        };
    }

    @Override
    public Locks locks() {
        return (lockClass, name) -> new FakeLock();
    }

    @Override
    public EventSink events() {
        return this;
    }

    @Override
    public void fault(FaultReport fault) {
        throw new AssertionError("fault " + fault);
    }

    @Override
    public void pageRequest(PageRequest request) {
        throw new AssertionError("page request " + request);
    }

    @Override
    public void warning(String message) {
        warnings.add(message);
    }

    @Override
    public void planned(String deviceName, Pasid pasid, ReplacePlan plan) {
        throw new AssertionError("planned " + plan);
    }
}
