package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.conformance.coretests.PlainGroup.PlainHandle;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Address spaces that devices of {@link PlainCore} share; one lock over all. Every step is a method, to be done wrong. */
class PlainSharing {
    /** A device that shares one. */
    static final class PlainBond implements Subsystem.Bond {
        final IommuDevice device;
        final AddressSpace space;
        final Pasid pasid;
        final IommuDomain domain;
        int references = 1;

        PlainBond(IommuDevice device, AddressSpace space, Pasid pasid, IommuDomain domain) {
            this.device = device;
            this.space = space;
            this.pasid = pasid;
            this.domain = domain;
        }

        @Override
        public Pasid pasid() {
            return pasid;
        }
    }

    final PlainCore core;
    final DriverLock mutex;
    final List<PlainBond> bonds = new ArrayList<>();

    PlainSharing(PlainCore core, DriverLock mutex) {
        this.core = core;
        this.mutex = mutex;
    }

    Subsystem.Bond bind(IommuDevice device, AddressSpace space) {
        mutex.lock();
        try {
            return bindLocked(device, space);
        } finally {
            mutex.unlock();
        }
    }

    PlainBond bindLocked(IommuDevice device, AddressSpace space) {
        Optional<PlainBond> same = find(device, space);
        if (same.isPresent()) {
            same.get().references++;
            return same.get();
        }
        Pasid pasid = find(known -> known.space.equals(space))
                .map(known -> known.pasid)
                .orElseGet(this::freePasid);
        IommuDomain domain = attach(device, space, pasid);
        PlainBond bond = new PlainBond(device, space, pasid, domain);
        bonds.add(bond);
        return bond;
    }

    final Optional<PlainBond> find(IommuDevice device, AddressSpace space) {
        return find(known -> known.device.equals(device) && known.space.equals(space));
    }

    private Optional<PlainBond> find(Predicate<PlainBond> which) {
        return bonds.stream().filter(which).findFirst();
    }

    private Pasid freePasid() {
        int value = 1;
        while (isTaken(Pasid.of(value))) {
            value++;
        }
        return Pasid.of(value);
    }

    private boolean isTaken(Pasid pasid) {
        return bonds.stream().anyMatch(bond -> bond.pasid.equals(pasid));
    }

    private IommuDomain attach(IommuDevice device, AddressSpace space, Pasid pasid) {
        PlainHandle handle = new PlainHandle("of " + space.name(), null);
        Optional<IommuDomain> known = find(bond -> bond.space.equals(space)).map(bond -> bond.domain);
        if (known.isPresent()) {
            core.attach(known.get(), device, pasid, handle);
            return known.get();
        }
        IommuDomain made = core.driver.allocateSva(space);
        try {
            core.attach(made, device, pasid, handle);
        } catch (IommuException refused) {
            made.free();
            throw refused;
        }
        return made;
    }

    void unbind(PlainBond bond) {
        mutex.with(() -> {
            if (dropReference(bond)) {
                end(bond);
            }
        });
    }

    /** True: it was the last one. */
    final boolean dropReference(PlainBond bond) {
        PlainCore.require(bond.references > 0, Errno.EINVAL, "unbound as often as bound");
        return --bond.references == 0;
    }

    final void end(PlainBond bond) {
        core.detach(bond.domain, bond.device, bond.pasid);
        bonds.remove(bond);
        if (isUnused(bond.domain)) {
            bond.domain.free();
        }
    }

    final boolean isUnused(IommuDomain domain) {
        return bonds.stream().noneMatch(bond -> bond.domain.equals(domain));
    }
}
