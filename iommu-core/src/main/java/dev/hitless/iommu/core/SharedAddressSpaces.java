package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Shared virtual addressing. An address space has one PASID in the whole system, and a domain for each kind of IOMMU
 * that it is used with; both live as long as a bond uses them. One lock over all, taken before that of any group.
 */
final class SharedAddressSpaces {
    /** An address space that is in use by devices. */
    private static final class Shared {
        final AddressSpace addressSpace;
        final Pasid pasid;
        final List<SvaBond> bonds = new ArrayList<>();

        Shared(AddressSpace addressSpace, Pasid pasid) {
            this.addressSpace = addressSpace;
            this.pasid = pasid;
        }

        List<IommuDomain> domains() {
            return bonds.stream().map(SvaBond::domain).distinct().toList();
        }
    }

    private final DeviceRegistry registry;
    private final PasidAttachments pasids;
    private final DriverLock mutex;
    private final WarningSink warnings;
    private final List<Shared> inUse = new ArrayList<>();
    private final TreeSet<Pasid> taken = new TreeSet<>();

    SharedAddressSpaces(DeviceRegistry registry, PasidAttachments pasids, DriverLock mutex, WarningSink warnings) {
        this.registry = registry;
        this.pasids = pasids;
        this.warnings = warnings;
        this.mutex = mutex;
    }

    SvaBond bind(IommuDevice device, AddressSpace addressSpace, @Nullable PageRequestHandler handler) {
        Request request = new Request("bind of address space " + addressSpace.name(), device.name());
        IommuGroup group = registry.groupOf(device);
        if (group == null) {
            throw request.refuse(Errno.ENODEV, "the device is in no group of this core; add it to one first");
        }
        mutex.lock();
        try {
            Shared shared = share(request, device, addressSpace);
            try {
                return bindLocked(request, group, device, shared, handler);
            } finally {
                forgetIfUnused(shared);
            }
        } finally {
            mutex.unlock();
        }
    }

    private Shared share(Request request, IommuDevice device, AddressSpace addressSpace) {
        for (Shared shared : inUse) {
            if (shared.addressSpace.equals(addressSpace)) {
                if (shared.pasid.value() >= device.maxPasids()) {
                    throw request.refuse(
                            Errno.EOVERFLOW,
                            "it has " + shared.pasid + " already, and the device can use less than 0x"
                                    + Integer.toHexString(device.maxPasids()));
                }
                return shared;
            }
        }
        Shared shared = new Shared(addressSpace, takePasid(request, device));
        inUse.add(shared);
        return shared;
    }

    private Pasid takePasid(Request request, IommuDevice device) {
        for (int value = 1; value < device.maxPasids(); value++) {
            Pasid pasid = Pasid.of(value);
            if (taken.add(pasid)) {
                return pasid;
            }
        }
        throw request.refuse(
                Errno.ENOSPC,
                device.maxPasids() == 0
                        ? "the device cannot send requests with PASID"
                        : "no PASID that the device can use is left; unbind another address space");
    }

    private SvaBond bindLocked(
            Request request,
            IommuGroup group,
            IommuDevice device,
            Shared shared,
            @Nullable PageRequestHandler handler) {
        Slot present = group.table().find(shared.pasid);
        if (present != null && present.handle() != null) {
            for (SvaBond bond : shared.bonds) {
                if (bond.handle().equals(present.handle())) {
                    bond.addReference();
                    return bond;
                }
            }
            boolean sva = present.domain().type() == DomainType.SVA;
            throw request.refuse(
                    Errno.EBUSY,
                    present.domain().name() + (sva ? ", of another address space," : "") + " is attached at "
                            + shared.pasid + "; detach it first");
        }
        AttachHandle handle = new AttachHandle("SVA " + shared.addressSpace.name(), handler);
        IommuDomain domain = attachAny(device, shared, handle);
        SvaBond bond = new SvaBond(shared.addressSpace, device, shared.pasid, handle, domain);
        shared.bonds.add(bond);
        return bond;
    }

    /** One of the domains that the address space has, if the device takes it; else a new one. */
    private IommuDomain attachAny(IommuDevice device, Shared shared, AttachHandle handle) {
        for (IommuDomain domain : shared.domains()) {
            try {
                pasids.attach(domain, device, shared.pasid, handle);
                return domain;
            } catch (IommuException notThisOne) {
                // Made for another IOMMU, or not to be had now: the next one, or a new one, will tell.
                continue;
            }
        }
        IommuDomain domain = device.driver().allocateSva(shared.addressSpace);
        try {
            pasids.attach(domain, device, shared.pasid, handle);
        } catch (RuntimeException failure) {
            domain.free();
            throw failure;
        }
        return domain;
    }

    void unbind(SvaBond bond) {
        mutex.with(() -> {
            Shared shared = inUse.stream()
                    .filter(candidate -> candidate.bonds.contains(bond))
                    .findFirst()
                    .orElseThrow(() -> new IommuException(
                            Errno.EINVAL,
                            "unbind of " + bond.addressSpace().name() + " from "
                                    + bond.device().name() + ": it was unbound as often as it was bound"));
            if (!bond.dropReference()) {
                return;
            }
            pasids.detach(bond.domain(), bond.device(), bond.pasid());
            shared.bonds.remove(bond);
            try {
                if (!shared.domains().contains(bond.domain())) {
                    bond.domain().free();
                }
            } catch (IommuException stillUsed) {
                // A driver that could not detach keeps the domain, and has said so. The bond is gone all the same.
                warnings.warning("unbind of " + bond.addressSpace().name() + " from "
                        + bond.device().name() + ": " + bond.domain().name() + " is not freed: "
                        + stillUsed.getMessage());
            } finally {
                forgetIfUnused(shared);
            }
        });
    }

    private void forgetIfUnused(Shared shared) {
        if (shared.bonds.isEmpty()) {
            inUse.remove(shared);
            taken.remove(shared.pasid);
        }
    }
}
