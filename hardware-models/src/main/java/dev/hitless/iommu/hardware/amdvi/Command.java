package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;

/** A decoded command. */
sealed interface Command {
    /** Name and operands, for people. */
    String describe();

    /**
     * COMPLETION_WAIT: every earlier command is complete.
     *
     * @param stores S: {@code data} is written to {@code address}
     * @param interrupts I: Status.ComWaitInt is set
     */
    record CompletionWait(boolean stores, boolean interrupts, long address, long data) implements Command {
        @Override
        public String describe() {
            return String.format(
                    Locale.ROOT,
                    "COMPLETION_WAIT S=%d I=%d 0x%x := 0x%x",
                    stores ? 1 : 0,
                    interrupts ? 1 : 0,
                    address,
                    data);
        }
    }

    /** A command that drops cached copies. */
    record Invalidate(Invalidation invalidation) implements Command {
        @Override
        public String describe() {
            return invalidation.describe();
        }
    }

    /** PREFETCH_IOMMU_PAGES: a hint. The caches may be filled at any time anyway. */
    record Prefetch(int deviceId) implements Command {
        @Override
        public String describe() {
            return "PREFETCH_IOMMU_PAGES DeviceID=0x" + Integer.toHexString(deviceId);
        }
    }

    /**
     * COMPLETE_PPR_REQUEST: answers a group of page requests.
     *
     * @param pasid -1 without (GN=0)
     */
    record CompletePpr(int deviceId, int pasid, int group, int status) implements Command {
        /** What the device is told. Status: 0 success, 1 invalid request, 15 failure. */
        HardwarePort.PageAnswer answer() {
            return switch (status) {
                case 0 -> HardwarePort.PageAnswer.SUCCESS;
                case 1 -> HardwarePort.PageAnswer.INVALID;
                default -> HardwarePort.PageAnswer.FAILURE;
            };
        }

        @Override
        public String describe() {
            return String.format(
                    Locale.ROOT,
                    "COMPLETE_PPR_REQUEST DeviceID=0x%x PASID=0x%x tag=0x%x status=%d",
                    deviceId,
                    pasid,
                    group,
                    status);
        }
    }

    /** What the specification does not allow. */
    record Illegal(String complaint) implements Command {
        @Override
        public String describe() {
            return complaint;
        }
    }
}
