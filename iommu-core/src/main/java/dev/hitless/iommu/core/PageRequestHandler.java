package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuException;

/** Takes the page requests of one attachment. Given by whoever attaches, called by {@link IommuCore#serviceEvents}. */
@FunctionalInterface
public interface PageRequestHandler {
    /**
     * Takes a complete group of page requests, to be answered now or later, from any thread, by {@link
     * PageRequestGroup#answer}. No lock of the core is held.
     *
     * @throws IommuException to refuse it: the device is answered {@code FAILURE}
     */
    void handle(PageRequestGroup group);
}
