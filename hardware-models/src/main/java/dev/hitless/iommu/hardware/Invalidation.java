package dev.hitless.iommu.hardware;

/** A decoded command that drops cached copies. */
public interface Invalidation {
    /** One line for people: name and operands. */
    String describe();

    /**
     * Whether a copy in {@code cache} under {@code tag} that serves {@code lengthBytes} from {@code firstAddress} is
     * dropped. Arguments as given to {@link StructureReader#retain}; for finished translations the range of the page.
     */
    boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes);

    /** The device that the command is sent to (device caches), or -1. */
    default int targetRequester() {
        return -1;
    }
}
