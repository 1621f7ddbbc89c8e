package dev.hitless.iommu.architecture.broken.driver.vtd;

import java.util.concurrent.locks.ReentrantLock;

class DriverLocks {
    ReentrantLock lock;
}
