package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.Invalidation;

/** A decoded command. */
sealed interface Command {
    /** For people: name and operands. */
    String describe();

    /** CFGI, TLBI or ATC_INV. */
    record Invalidate(Invalidation invalidation) implements Command {
        @Override
        public String describe() {
            return invalidation.describe();
        }

        /** ATC_INV: a device answers, or does not. */
        boolean needsDevice() {
            return invalidation instanceof DeviceInvalidation;
        }
    }

    /**
     * CMD_SYNC.
     *
     * @param msiAddress where completion writes {@code msiData}; 0: nowhere
     */
    record Sync(String describe, long msiAddress, int msiData) implements Command {}

    /**
     * CMD_PRI_RESP.
     *
     * @param substreamId -1: none
     */
    record PageResponse(String describe, int streamId, int substreamId, int group, int code) implements Command {
        /** What the device is told. Codes: 0 failure, 1 invalid request, 2 success (IHI 0070 4.5.2). */
        HardwarePort.PageAnswer answer() {
            return switch (code) {
                case PageRequestRecord.RESPONSE_SUCCESS -> HardwarePort.PageAnswer.SUCCESS;
                case PageRequestRecord.RESPONSE_INVALID -> HardwarePort.PageAnswer.INVALID;
                default -> HardwarePort.PageAnswer.FAILURE;
            };
        }
    }

    /** A command without visible effect: prefetches, and answers to stalls. */
    record Accepted(String describe) implements Command {}

    /** CERROR_ILL. {@code describe} says why. */
    record Illegal(String describe) implements Command {}
}
