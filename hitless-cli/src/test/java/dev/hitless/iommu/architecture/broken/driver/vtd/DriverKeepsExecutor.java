package dev.hitless.iommu.architecture.broken.driver.vtd;

import java.util.concurrent.ExecutorService;

class DriverKeepsExecutor {
    ExecutorService executor;
}
