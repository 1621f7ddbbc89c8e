package dev.hitless.iommu.qemu.unit;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.qemu.board.Board;
import dev.hitless.iommu.qemu.board.DevicePlace;
import dev.hitless.iommu.qemu.board.RunningBoard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One of QEMU's IOMMUs, in one configuration. */
public interface EmulatedIommu {
    /** Name of the configuration, for people; unique within the family. */
    String name();

    /** The hardware family, as drivers and models name it. */
    String family();

    /** The machine that it sits in. */
    Board board();

    /** Arguments that put it there. */
    List<String> arguments();

    /** Its registers, by the offsets that drivers use. */
    RegisterBank registers(RunningBoard board);

    /** Options of the hardware model that make it the same hardware; others are at their defaults. */
    Map<String, String> modelOptions();

    /**
     * Offsets of registers that say what the hardware is and where to find things. They differ between two
     * implementations of one architecture, and a driver has to cope; all others must read the same in QEMU and in the
     * model.
     */
    Set<Long> identification();

    /** Bits of a register that carry a meaning; the architecture leaves the others, where they read back, to itself. */
    default long meaningfulBits(long offset) {
        return -1L;
    }

    /** How this release departs from its specification. */
    Set<Departure> departures();

    /**
     * The departure because of which a register reads differently; empty: there is none that explains it.
     *
     * @param difference bits that differ
     */
    default Optional<Departure> departure(long registerOffset, long difference) {
        return Optional.empty();
    }

    /**
     * The departure because of which a fault is recorded with another reason; empty: there is none that explains it.
     *
     * @param recorded QEMU's reason
     * @param expected the model's
     */
    default Optional<Departure> faultDeparture(int recorded, int expected) {
        return Optional.empty();
    }

    /** The id that requests of a device carry. */
    default int requesterId(DevicePlace place) {
        return place.requesterId();
    }

    /** Whether domains behind PASIDs can be reached. */
    default boolean reachesPasids() {
        return false;
    }

    /**
     * Aims the requests of a device, which carry no PASID, at what stands behind {@code pasid}. For a device that was just
     * probed and has done no DMA.
     *
     * @throws UnsupportedOperationException where {@link #reachesPasids} is false
     */
    default void aim(RunningBoard board, int requesterId, Pasid pasid) {
        throw new UnsupportedOperationException("no device of QEMU sends requests with PASID to " + name());
    }
}
