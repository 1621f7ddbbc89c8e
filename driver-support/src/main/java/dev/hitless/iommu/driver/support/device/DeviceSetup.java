package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.DeviceDescription;

/**
 * How one kind of hardware takes a device on and lets it go. Implemented by the driver; called by {@link DeviceRegistry}
 * only, one call at a time.
 *
 * @param <V> devices of this driver
 */
public interface DeviceSetup<V extends ProbedDevice<?>> {
    /** Throws EINVAL unless there is room for {@code requesterId} in the hardware's tables. */
    void requireRequesterId(String deviceName, int requesterId);

    /**
     * Makes the device, with everything that it has of its own. Hardware does not know it yet.
     *
     * @throws dev.hitless.iommu.api.IommuException ENOMEM, ENOSPC; nothing has changed then
     */
    V create(DeviceDescription description);

    /**
     * Makes the device known to hardware, with everything blocked.
     *
     * @throws dev.hitless.iommu.api.IommuException ENOMEM, EIO, ETIMEDOUT; {@link #remove} follows then
     */
    void install(V device);

    /**
     * Blocks the device and makes hardware forget it. What {@link #install} did may be done, half done or not done, and this
     * may have been tried before.
     *
     * @throws dev.hitless.iommu.api.IommuException EIO, ETIMEDOUT; hardware may still use what is the device's own then
     */
    void remove(V device);

    /** Frees what is the device's own. Hardware has forgotten it, or is off. */
    void free(V device);

    /** The device is gone for good: forgets what it was waiting for. */
    void forget(V device);
}
