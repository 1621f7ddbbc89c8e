package dev.hitless.iommu.conformance.trace;

/**
 * Something to run, with what to call it.
 *
 * @param name the operation and its arguments, for people
 * @param action runs it
 */
public record NamedOperation(String name, Runnable action) {}
