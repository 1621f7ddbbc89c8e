package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;

/** A domain is set in place of one that is not attached: refused, whatever happens beside, and nothing changes. */
final class RefusedChange implements MachineOperation {
    private final TestDevice device;
    private final Pasid pasid;
    private final ModelledDomain replacement;
    private final IommuDomain notAttached;

    RefusedChange(TestDevice device, Pasid pasid, ModelledDomain replacement, ModelledDomain notAttached) {
        this.device = device;
        this.pasid = pasid;
        this.replacement = replacement;
        this.notAttached = notAttached.domain();
    }

    @Override
    public String name() {
        return device + " " + pasid + ": " + notAttached.name() + ", which is not attached, -> " + replacement;
    }

    @Override
    public void run() {
        try {
            replacement.domain().setDevPasid(device.device(), pasid, notAttached);
        } catch (IommuException refusal) {
            if (refusal.errno() == Errno.EINVAL) {
                return;
            }
            throw refusal;
        }
        throw new IllegalStateException(name() + " was not refused");
    }

    @Override
    public void note() {
        // Nothing has changed.
    }
}
