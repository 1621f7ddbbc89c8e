package dev.hitless.iommu.qemu;

import dev.hitless.iommu.qemu.qtest.QemuProgram;
import dev.hitless.iommu.qemu.qtest.QemuUnavailableException;
import dev.hitless.iommu.qemu.qtest.QemuVersion;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests where there is no QEMU, with what to install as the reason. */
public final class QemuInstalled implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try {
            for (QemuProgram program : QemuProgram.values()) {
                QemuVersion.require(program);
            }
            return ConditionEvaluationResult.enabled("QEMU is installed");
        } catch (QemuUnavailableException unavailable) {
            return ConditionEvaluationResult.disabled(unavailable.getMessage());
        }
    }
}
