package dev.hitless.iommu.hardware;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Page requests that devices have sent and that are not in the queue yet. They may arrive at any time; this keeps each of
 * them back for as long as the architecture allows, so that a driver that does not wait for them is found out.
 *
 * <p>A model says what forces them out. Two things do:
 *
 * <ul>
 *   <li>A device answers an invalidation: messages do not overtake each other, so what it sent before has reached the IOMMU
 *       ({@link #answered}).
 *   <li>The IOMMU completes a command that drains its own buffers ({@link #drained}).
 * </ul>
 */
public final class PageRequestsUnderWay {
    /** How far a request has come. */
    public enum Place {
        /** Between the device and the IOMMU. */
        LINK,
        /** In a buffer of the IOMMU: received, and not written to the queue in memory. */
        IOMMU
    }

    private final Consumer<PageRequestMessage> queue;
    private final List<PageRequestMessage> onLink = new ArrayList<>();
    private final List<PageRequestMessage> inIommu = new ArrayList<>();

    /** @param queue takes those that arrive, as if they came directly */
    public PageRequestsUnderWay(Consumer<PageRequestMessage> queue) {
        this.queue = queue;
    }

    /** A device sends {@code request}, which gets as far as {@code place} for now. */
    public void send(PageRequestMessage request, Place place) {
        (place == Place.LINK ? onLink : inIommu).add(request);
    }

    /** The device {@code requesterId} has answered an invalidation: all that it sent before has reached the IOMMU. */
    public void answered(int requesterId) {
        for (Iterator<PageRequestMessage> requests = onLink.iterator(); requests.hasNext(); ) {
            PageRequestMessage request = requests.next();
            if (request.requesterId() == requesterId) {
                requests.remove();
                inIommu.add(request);
            }
        }
    }

    /** The IOMMU has emptied its buffers: all that had reached it is in the queue. */
    public void drained() {
        List<PageRequestMessage> arrived = List.copyOf(inIommu);
        inIommu.clear();
        arrived.forEach(queue);
    }

    /** Time passes: everything arrives. */
    public void arriveAll() {
        inIommu.addAll(onLink);
        onLink.clear();
        drained();
    }
}
