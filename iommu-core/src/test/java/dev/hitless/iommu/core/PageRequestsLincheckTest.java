package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreUnderLincheck.PASID;
import static dev.hitless.iommu.core.CoreUnderLincheck.REQUESTER;

import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Page requests come in while they are handed out and while the attachment that they are for is replaced or detached. */
public class PageRequestsLincheckTest {
    private final CoreUnderLincheck parts = new CoreUnderLincheck();
    private final AtomicInteger reported = new AtomicInteger();
    private final GenerationsDriver.Numbered domain = parts.driver.newDomain();
    private boolean gone;

    /** Lincheck makes one for each schedule. */
    public PageRequestsLincheckTest() {
        parts.core.attachDevicePasid(domain, parts.device, PASID, handle());
    }

    /** Whose handler answers every second group at once, and leaves the others to whoever ends the attachment. */
    private static AttachHandle handle() {
        return new AttachHandle("handle", group -> {
            if (group.requests().get(0).group() % 2 == 0) {
                group.answer(PageResponse.Code.SUCCESS);
            }
        });
    }

    @Operation
    public void report() {
        int group = reported.getAndIncrement();
        parts.core.reportPageRequest(parts.driver, new PageRequest(REQUESTER, PASID, group, true, 0x1000, true, false));
    }

    @Operation
    public void serve() {
        parts.core.serviceEvents();
    }

    @Operation(nonParallelGroup = "changes")
    public void replace() {
        if (!gone) {
            parts.core.replaceDevicePasid(domain, parts.device, PASID, handle());
        }
    }

    @Operation(nonParallelGroup = "changes")
    public void leave() {
        if (!gone) {
            gone = true;
            parts.core.detachDevicePasid(domain, parts.device, PASID);
            parts.core.removeDevice(parts.device);
        }
    }

    /** In the end, when the attachment is over and the rest has been handed out. */
    @Validate
    public void everyGroupIsAnsweredOnce() {
        parts.core.serviceEvents();
        leave();
        for (int group = 0; group < reported.get(); group++) {
            if (parts.driver.answers.get(group) != 1) {
                throw new IllegalStateException(
                        "group " + group + " was answered " + parts.driver.answers.get(group) + " times");
            }
        }
    }

    @Test
    @DisplayName("every group of page requests is answered once, whatever comes between")
    void answeredOnce() {
        CoreUnderLincheck.check(
                PageRequestsLincheckTest.class,
                Specification.class,
                List.of("report", "serve"),
                List.of("replace", "leave"));
    }

    /** Nothing is returned; what counts is the validation. */
    public static class Specification {
        public void report() {}

        public void serve() {}

        public void replace() {}

        public void leave() {}
    }
}
