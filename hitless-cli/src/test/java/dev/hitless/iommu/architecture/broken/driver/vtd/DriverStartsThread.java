package dev.hitless.iommu.architecture.broken.driver.vtd;

class DriverStartsThread {
    void run() {
        new Thread(() -> {}).start();
    }
}
