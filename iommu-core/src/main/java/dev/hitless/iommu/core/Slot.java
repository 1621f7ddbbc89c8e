package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDomain;
import org.jspecify.annotations.Nullable;

/**
 * What is published under a PASID: a domain, with a handle or without. Immutable, since it is read without the mutex.
 *
 * @param handle null when the attachment was made without one
 */
record Slot(IommuDomain domain, @Nullable AttachHandle handle) {}
