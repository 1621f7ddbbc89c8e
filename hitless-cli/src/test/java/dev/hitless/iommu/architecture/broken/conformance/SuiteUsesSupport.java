package dev.hitless.iommu.architecture.broken.conformance;

import dev.hitless.iommu.architecture.broken.driver.support.Support;

class SuiteUsesSupport {
    Support support;
}
