package dev.hitless.iommu.api;

/**
 * The answer to a page-request group.
 *
 * @param requesterId who asked
 * @param pasid for which PASID
 * @param group page-request group index, 0..511
 * @param code what the device is to do
 */
public record PageResponse(int requesterId, Pasid pasid, int group, Code code) {
    /** What the device is to do. */
    public enum Code {
        /** The page is there: retry. */
        SUCCESS,
        /** It could not be handled: do not retry. */
        INVALID,
        /** General failure: stop. */
        FAILURE
    }
}
