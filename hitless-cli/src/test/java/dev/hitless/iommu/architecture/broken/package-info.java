/**
 * A tree of the modules' packages in which every rule of {@link dev.hitless.iommu.architecture.Architecture} is broken,
 * beside lawful classes. Class names say what is wrong. Nothing here runs.
 */
package dev.hitless.iommu.architecture.broken;
