package dev.hitless.iommu.core;

/** Where the core reports broken promises of drivers and callers; the kernel's {@code WARN_ON}. Must not throw. */
@FunctionalInterface
public interface WarningSink {
    /** Reports one. */
    void warning(String message);

    /** Warnings as log records of this package, level {@code WARNING}. */
    static WarningSink toSystemLogger() {
        System.Logger logger = System.getLogger(WarningSink.class.getPackageName());
        return message -> logger.log(System.Logger.Level.WARNING, message);
    }
}
