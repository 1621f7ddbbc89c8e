package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.observe.Stream;
import java.util.List;

/**
 * Operations that overlap, and who is watched meanwhile.
 *
 * @param operations in their order
 * @param streams everybody who could notice
 * @param probes addresses to ask for
 * @param outcomes what is met when some of them are done
 * @param onset when one begins to be noticed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Overlapping(
        List<Part> operations, List<Stream> streams, long[] probes, SequentialOutcomes outcomes, Onset onset) {
    /** When an operation begins to be noticed. */
    public enum Onset {
        /** With its first effect on memory, registers or devices. */
        EFFECT,
        /**
         * With that, or when it first gives a lock back: what it has put down by then, in a record that hardware does not
         * know, may decide what others do.
         */
        EFFECT_OR_UNLOCK
    }

    /**
     * One operation.
     *
     * @param subjects whose domain it changes
     * @param promise what the driver promised of their DMA
     * @param page first address of a page that it maps or unmaps
     * @param pageBytes length of that page; 0 if there is none
     */
    public record Part(List<Stream> subjects, ReplaceGuarantee promise, long page, long pageBytes) {
        public Part {
            subjects = List.copyOf(subjects);
        }

        boolean changesPageAt(long iova) {
            return Long.compareUnsigned(iova - page, pageBytes) < 0;
        }
    }

    public Overlapping {
        operations = List.copyOf(operations);
        streams = List.copyOf(streams);
        probes = probes.clone();
    }

    @Override
    public long[] probes() {
        return probes.clone();
    }

    /** Whether several operations are about it. */
    boolean isContested(Stream stream) {
        return operations.stream()
                        .filter(part -> part.subjects().contains(stream))
                        .count()
                > 1;
    }

    boolean isSubject(Stream stream) {
        return operations.stream().anyMatch(part -> part.subjects().contains(stream));
    }
}
