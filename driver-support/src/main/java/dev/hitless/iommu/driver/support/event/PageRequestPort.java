package dev.hitless.iommu.driver.support.event;

import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.driver.support.queue.CommandRejectedException;
import java.util.function.Consumer;

/** How page requests reach software, and answers hardware. Called with the lock of {@link PageRequests} held. */
public interface PageRequestPort {
    /**
     * Takes out the requests that have arrived, oldest first.
     *
     * @return whether hardware had to drop some
     */
    boolean takeAll(Consumer<PageRequest> receiver);

    /**
     * Sends an answer, at most once, and waits until it is sent.
     *
     * @throws CommandRejectedException if it was not sent
     * @throws dev.hitless.iommu.api.IommuException if it may have been
     */
    void answer(PageResponse response);
}
