package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.driver.support.unit.DriverLocks;

/**
 * Whom a domain belongs to.
 *
 * @param driver the driver that made it
 * @param registry where it is listed until it is freed
 * @param replacer puts it behind PASIDs
 * @param locks where its locks come from
 */
public record DomainOwner(IommuDriver driver, DomainRegistry registry, DomainReplacer replacer, DriverLocks locks) {}
