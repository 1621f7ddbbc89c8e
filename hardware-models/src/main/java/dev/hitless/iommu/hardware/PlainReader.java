package dev.hitless.iommu.hardware;

import java.util.Objects;

/**
 * Reads memory as the bus sees it at this moment; remembers nothing from one fetch to the next and has no cache. What
 * {@link HardwareModel#access} walks with.
 */
public final class PlainReader implements StructureReader {
    private static final int WORD_BYTES = 8;

    private final HardwarePort port;
    private long base;

    /** Reads through {@code port}. */
    public PlainReader(HardwarePort port) {
        this.port = Objects.requireNonNull(port, "port");
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        base = address;
        return port.isMemory(address);
    }

    @Override
    public long word(int index) {
        return port.read64(base + (long) index * WORD_BYTES);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        // Nothing is kept.
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        return false;
    }
}
