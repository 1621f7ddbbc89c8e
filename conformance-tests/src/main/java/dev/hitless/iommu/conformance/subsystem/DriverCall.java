package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import java.util.Optional;

/**
 * One {@code setDevPasid} that a subsystem asked of a driver.
 *
 * @param device of which device
 * @param pasid behind which PASID
 * @param old what the subsystem said is attached
 * @param target what it wanted there
 * @param failure what the driver threw, if it did
 */
public record DriverCall(
        IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target, Optional<RuntimeException> failure) {
    /** The same call, that failed. */
    DriverCall failed(RuntimeException thrown) {
        return new DriverCall(device, pasid, old, target, Optional.of(thrown));
    }

    /** Whether this is a call for {@code otherDevice} from {@code otherOld} to {@code otherTarget}. */
    public boolean is(IommuDevice otherDevice, Pasid otherPasid, IommuDomain otherOld, IommuDomain otherTarget) {
        return device.equals(otherDevice)
                && pasid.equals(otherPasid)
                && old.equals(otherOld)
                && target.equals(otherTarget);
    }

    @Override
    public String toString() {
        return device.name() + ", " + pasid + ": " + old.name() + " -> " + target.name()
                + failure.map(thrown -> " (" + thrown.getMessage() + ")").orElse("");
    }
}
