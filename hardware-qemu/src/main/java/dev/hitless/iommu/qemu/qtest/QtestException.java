package dev.hitless.iommu.qemu.qtest;

/** QEMU refused a request, said something that is no answer, or went away. */
public final class QtestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    QtestException(String message) {
        super(message);
    }

    QtestException(String message, Throwable cause) {
        super(message, cause);
    }
}
