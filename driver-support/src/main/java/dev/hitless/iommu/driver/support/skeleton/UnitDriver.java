package dev.hitless.iommu.driver.support.skeleton;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.driver.support.device.DeviceRegistry;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.replace.DomainReplacement;
import dev.hitless.iommu.driver.support.replace.Ownership;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The driver of one IOMMU, but for its domains and for what it promises: who calls is checked, and the right part is asked.
 *
 * @param <V> its devices
 * @param <D> its domains
 */
public abstract class UnitDriver<V extends ProbedDevice<D>, D extends AttachableDomain> implements IommuDriver {
    private final DriverCapabilities capabilities;
    private final Ownership<V, D> ownership;

    /** @param capabilities all that it claims; they never change */
    protected UnitDriver(DriverCapabilities capabilities, Class<V> deviceClass, Class<D> domainClass) {
        this.capabilities = capabilities;
        this.ownership = new Ownership<>(this, deviceClass, domainClass);
    }

    /** The devices behind it. */
    protected abstract DeviceRegistry<V> devices();

    /** Puts domains behind PASIDs. */
    protected abstract DomainReplacement<V, D> replacement();

    /** Page requests, if hardware takes them. */
    protected abstract @Nullable PageRequests pageRequests();

    /** Reads the faults that hardware has logged. */
    protected abstract void serviceFaults();

    /** What is promised for a replacement that is possible, with {@code previous} attached and {@code target} alive. */
    protected abstract ReplaceGuarantee guarantee(V device, Pasid pasid, D previous, D target);

    /** What this driver made. */
    public final Ownership<V, D> ownership() {
        return ownership;
    }

    /**
     * Throws EOPNOTSUPP unless {@code capability} is claimed.
     *
     * @param reason what hardware lacks then, for example {@code ECAP.PT is 0}
     */
    protected final void require(Capability capability, String reason) {
        if (!capabilities.has(capability)) {
            throw new IommuException(
                    Errno.EOPNOTSUPP, "this IOMMU does not offer " + capability.label() + ": " + reason);
        }
    }

    /**
     * {@code parent}, if a domain can be nested on it.
     *
     * @param parentClass of those that can
     * @param remedy what to use instead, for example {@code a second-stage format}
     * @throws IommuException EINVAL
     */
    protected final <P extends D> P requireParent(PagingDomain parent, Class<P> parentClass, String remedy) {
        D ours = ownership.requireOurs(parent);
        if (!parentClass.isInstance(ours) || !parent.format().nestingParent()) {
            throw new IommuException(
                    Errno.EINVAL,
                    "domain " + parent.name() + " of format " + parent.format().label()
                            + " cannot be the parent of a nested domain; use " + remedy);
        }
        ours.requireNotFreed();
        return parentClass.cast(ours);
    }

    @Override
    public final DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public final IommuDevice probe(DeviceDescription description) {
        return devices().probe(description);
    }

    @Override
    public final void release(IommuDevice device) {
        devices().release(ownership.requireOurs(device));
    }

    @Override
    public final Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        return ownership.requireOurs(device).attachments().snapshot();
    }

    @Override
    public final ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacementDomain) {
        try {
            V ours = ownership.requireOurs(device);
            D previous = ownership.requireOurs(old);
            D target = ownership.requireOurs(replacementDomain);
            target.requireNotFreed();
            replacement().requirePossible(ours, pasid, target);
            return guarantee(ours, pasid, previous, target);
        } catch (IommuException e) {
            return ReplaceGuarantee.UNSUPPORTED;
        }
    }

    @Override
    public final void serviceEvents() {
        serviceFaults();
        PageRequests requests = pageRequests();
        if (requests != null) {
            requests.service();
        }
    }

    @Override
    public final void respond(PageResponse response) {
        PageRequests requests = pageRequests();
        if (requests == null) {
            throw new IommuException(Errno.ENOENT, "this IOMMU takes no page requests, so none waits for an answer");
        }
        requests.respond(response, devices().isReachable(response.requesterId()));
    }
}
