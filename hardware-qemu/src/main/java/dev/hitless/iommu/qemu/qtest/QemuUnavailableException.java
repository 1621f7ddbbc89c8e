package dev.hitless.iommu.qemu.qtest;

/** QEMU is not installed, is too old, or did not start. The message is one line and says what to do. */
public final class QemuUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what is wrong, and the remedy */
    public QemuUnavailableException(String message) {
        super(message);
    }
}
