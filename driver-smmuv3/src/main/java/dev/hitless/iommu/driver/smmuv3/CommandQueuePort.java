package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.driver.support.queue.QueueFailure;
import dev.hitless.iommu.driver.support.queue.QueuePort;
import java.util.Optional;

/** The registers of the command queue (IHI 0070 6.3.26 to 6.3.28, errors 7.1). */
class CommandQueuePort implements QueuePort {
    private static final int ERROR_SHIFT = 24;
    private static final int ERROR_MASK = 0x7F;
    private static final int ERROR_ABORT = 2;
    private static final int ERROR_ATC = 3;

    private final RegisterBank registers;
    private final ControlRegister control;
    private final int entries;

    /** @param entries of the queue, a power of two */
    CommandQueuePort(RegisterBank registers, ControlRegister control, int entries) {
        this.registers = registers;
        this.control = control;
        this.entries = entries;
    }

    @Override
    public void ringDoorbell(long position) {
        registers.write32(Registers.CMDQ_PROD, (int) (position & 2L * entries - 1));
    }

    @Override
    public int consumerSlot() {
        return registers.read32(Registers.CMDQ_CONS) & entries - 1;
    }

    @Override
    public Optional<QueueFailure> failure() {
        int active = registers.read32(Registers.GERROR) ^ registers.read32(Registers.GERRORN);
        if ((active & Registers.GERROR_CMDQ_ERR) == 0) {
            return Optional.empty();
        }
        int code = registers.read32(Registers.CMDQ_CONS) >>> ERROR_SHIFT & ERROR_MASK;
        return Optional.of(failure(code));
    }

    /**
     * All stop at one command. With CERROR_ATC_INV_SYNC that is the CMD_SYNC, and what is void are the ATC_INVs before it
     * in its own batch: those of earlier batches have a CMD_SYNC of their own, later ones have not started.
     */
    private static QueueFailure failure(int code) {
        return switch (code) {
            case ERROR_ATC ->
                new QueueFailure(
                        Errno.ETIMEDOUT,
                        "CERROR_ATC_INV_SYNC, a device did not complete an ATC invalidation",
                        QueueFailure.Scope.ONE_COMMAND);
            case ERROR_ABORT ->
                new QueueFailure(
                        Errno.EIO, "CERROR_ABT, a command could not be fetched", QueueFailure.Scope.ONE_COMMAND);
            default ->
                new QueueFailure(Errno.EIO, "CERROR " + code + ", an illegal command", QueueFailure.Scope.ONE_COMMAND);
        };
    }

    @Override
    public void resume(QueueFailure failure) {
        acknowledge();
    }

    private void acknowledge() {
        int acknowledged = registers.read32(Registers.GERRORN) & ~Registers.GERROR_CMDQ_ERR;
        int error = registers.read32(Registers.GERROR) & Registers.GERROR_CMDQ_ERR;
        registers.write32(Registers.GERRORN, acknowledged | error);
    }

    /** CMDQ_CONS can be written only while CR0.CMDQEN is 0 (6.3.28). */
    @Override
    public long restart(long position) {
        control.disable(Registers.CR0_CMDQEN);
        int active = registers.read32(Registers.GERROR) ^ registers.read32(Registers.GERRORN);
        if ((active & Registers.GERROR_CMDQ_ERR) != 0) {
            acknowledge();
        }
        int index = (int) (position & 2L * entries - 1);
        registers.write32(Registers.CMDQ_PROD, index);
        registers.write32(Registers.CMDQ_CONS, index);
        control.enable(Registers.CR0_CMDQEN);
        return position;
    }
}
