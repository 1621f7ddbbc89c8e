package dev.hitless.iommu.architecture.broken.driver.vtd;

class DriverSynchronizes {
    synchronized void run() {}
}
