package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.Invalidation;

/**
 * Decodes queued descriptors. The type is made of word 0 bits 11:9 and 3:0; words 2 and 3 of the 256-bit form are
 * reserved (VT-d spec 6.5.2). Type 10 (page-stream response) has left the specification and is refused.
 */
final class DescriptorDecoder {
    private final VtdCapabilities capabilities;

    DescriptorDecoder(VtdCapabilities capabilities) {
        this.capabilities = capabilities;
    }

    static int type(long q0) {
        return (int) (q0 >>> 9 & 7) << 4 | (int) (q0 & 0xF);
    }

    static boolean isWait(long q0) {
        return type(q0) == 5;
    }

    static boolean isPageGroupResponse(long q0) {
        return type(q0) == 9;
    }

    static boolean isInvalidation(long q0) {
        return !isWait(q0) && !isPageGroupResponse(q0);
    }

    /** Decodes any type but wait and page-group response. */
    Invalidation invalidation(long q0, long q1, boolean wide, boolean scalable) throws InvalidDescriptorException {
        int type = type(q0);
        if (type >= 6 && type <= 8) {
            if (!wide) {
                throw new InvalidDescriptorException(
                        QueueError.WIDTH, "descriptor type " + type + " in a queue of 128-bit descriptors (IQA.DW=0)");
            }
            if (!scalable) {
                throw new InvalidDescriptorException(
                        QueueError.TABLE_MODE, "descriptor type " + type + " before a scalable-mode root table is set");
            }
        }
        boolean toDevice = type == 3 || type == 8;
        if (toDevice && !capabilities.deviceTlb()) {
            throw new InvalidDescriptorException(
                    QueueError.TYPE, "descriptor type " + type + ", which needs device TLBs (ECAP.DT)");
        }
        return switch (type) {
            case 1 -> ContextCacheInvalidation.decode(q0, q1);
            case 2 -> IotlbInvalidation.decode(q0, q1);
            case 3 -> DeviceTlbInvalidation.decode(q0, q1);
            case 4 -> InterruptEntryInvalidation.decode(q0, q1);
            case 6 -> PasidIotlbInvalidation.decode(q0, q1);
            case 7 -> PasidCacheInvalidation.decode(q0, q1);
            case 8 -> DeviceTlbInvalidation.decodeWithPasid(q0, q1);
            default ->
                throw new InvalidDescriptorException(QueueError.TYPE, "descriptor type " + type + " does not exist");
        };
    }

    WaitDescriptor waitDescriptor(long q0, long q1) throws InvalidDescriptorException {
        return WaitDescriptor.decode(q0, q1, capabilities.pageRequests());
    }

    PageGroupResponse pageGroupResponse(long q0, long q1) throws InvalidDescriptorException {
        if (!capabilities.pageRequests()) {
            throw new InvalidDescriptorException(
                    QueueError.TYPE, "page-group response, which needs page requests (ECAP.PRS)");
        }
        return PageGroupResponse.decode(q0, q1);
    }
}
