/**
 * Domains, but for what hardware makes of them.
 *
 * <p>A driver says in an interface of its own, on top of {@link
 * dev.hitless.iommu.driver.support.domain.AttachableDomain}, what it needs to know of any domain: the entry that leads
 * there, how its translations are tagged. Each of its domain classes implements that interface and extends what fits:
 *
 * <ul>
 *   <li>{@link dev.hitless.iommu.driver.support.domain.StaticDomain}: blocked, identity
 *   <li>{@link dev.hitless.iommu.driver.support.domain.PageTableDomain}: tables of its own; with {@link
 *       dev.hitless.iommu.driver.support.domain.NestedDomains} if others can be nested on it
 *   <li>{@link dev.hitless.iommu.driver.support.domain.SharedDomain}: an address space of the CPU
 *   <li>{@link dev.hitless.iommu.driver.support.domain.AllocatedDomain}: all else, such as nested domains
 * </ul>
 */
@NullMarked
package dev.hitless.iommu.driver.support.domain;

import org.jspecify.annotations.NullMarked;
