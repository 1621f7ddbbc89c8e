package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreUnderLincheck.PASID;

import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Attach, replace, detach and recovery of a device, each beside each. */
public class AttachmentsLincheckTest {
    private final CoreUnderLincheck parts = new CoreUnderLincheck();
    private final GenerationsDriver.Numbered domain = parts.driver.newDomain();
    private boolean recovering;

    @Operation
    public String attach() {
        return Outcome.of(
                () -> parts.core.attachDevicePasid(domain, parts.device, PASID, new AttachHandle("attached")));
    }

    @Operation
    public String replace() {
        return Outcome.of(
                () -> parts.core.replaceDevicePasid(domain, parts.device, PASID, new AttachHandle("replaced")));
    }

    @Operation
    public void detach() {
        parts.core.detachDevicePasid(domain, parts.device, PASID);
    }

    @Operation(nonParallelGroup = "recovery")
    public void prepareRecovery() {
        if (!recovering) {
            recovering = true;
            parts.core.prepareRecovery(parts.device);
        }
    }

    @Operation(nonParallelGroup = "recovery")
    public void recoveryDone() {
        if (recovering) {
            recovering = false;
            parts.core.recoveryDone(parts.device);
        }
    }

    @Operation
    public String lookUp() {
        return Outcome.of(() -> parts.core.attachHandleGet(parts.group, PASID, null));
    }

    /** What the core says is attached is what hardware uses, unless the device recovers. */
    @Validate
    public void hardwareHasWhatTheCoreSays() {
        int meant = lookUp().equals("OK") && !recovering ? domain.number : 0;
        if (parts.driver.inForce.get() != meant) {
            throw new IllegalStateException("in force is domain " + parts.driver.inForce.get() + ", not " + meant);
        }
    }

    @Test
    @DisplayName("attach, replace, detach and recovery end as if they had come one after the other")
    void oneAfterTheOther() {
        CoreUnderLincheck.check(
                AttachmentsLincheckTest.class,
                Specification.class,
                List.of("attach", "replace", "detach"),
                List.of("prepareRecovery", "recoveryDone"));
    }

    /** One after the other. */
    public static class Specification {
        private boolean attached;
        private boolean recovering;

        public String attach() {
            if (recovering || attached) {
                return "EBUSY";
            }
            attached = true;
            return "OK";
        }

        public String replace() {
            return recovering ? "EBUSY" : attached ? "OK" : "EINVAL";
        }

        public void detach() {
            attached = false;
        }

        public void prepareRecovery() {
            recovering = true;
        }

        public void recoveryDone() {
            recovering = false;
        }

        public String lookUp() {
            return attached ? "OK" : "ENOENT";
        }
    }
}
