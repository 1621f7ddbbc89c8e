package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.core.WarningSink;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subsystem under test: as much of {@link dev.hitless.iommu.core.IommuCore} as the CORE rules are about, so that
 * another one, a broken one above all, can stand in its place. Operations mean and throw what those of the core do.
 */
public interface Subsystem {
    /** Makes a subsystem around a driver that is up. */
    @FunctionalInterface
    interface Factory {
        /** A subsystem over {@code driver}. */
        Subsystem over(IommuDriver driver, Locks locks, WarningSink warnings);
    }

    /** A group. Has an identity; only its own subsystem knows more. */
    interface Group {}

    /** What a caller keeps of one attachment. Equal to itself only, however often it is found. */
    interface Handle {
        /** The domain attached with it; null while no call with it has succeeded. */
        @Nullable
        IommuDomain domain();
    }

    /** Page requests that get one answer. */
    interface AskedPages {
        /** The requests, the last one of the group last. */
        List<PageRequest> requests();

        /** Answers, unless that was done before; says whether it was this call. */
        boolean answer(PageResponse.Code code);
    }

    /** A device that shares an address space. Binding again what is bound gives the same one. */
    interface Bond {
        /** What the device is to send requests with. */
        Pasid pasid();
    }

    /** The core that comes with Hitless. */
    static Factory iommuCore() {
        return CoreSubsystem::new;
    }

    /** A group without devices, whose requests without PASID are blocked until somebody attaches a domain. */
    Group createGroup(String name);

    /** Probes a device and adds it. */
    IommuDevice addDevice(Group group, DeviceDescription description);

    /** Takes a device out and releases it. */
    void removeDevice(IommuDevice device);

    /** A fresh handle. {@code pages} takes its page requests; null: it takes none. */
    Handle newHandle(String name, @Nullable Consumer<AskedPages> pages);

    /** Attaches behind a PASID. */
    void attach(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle);

    /** Replaces behind a PASID. */
    void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle);

    /** Detaches from a PASID. */
    void detach(IommuDomain domain, IommuDevice device, Pasid pasid);

    /** Attaches behind requests without PASID. */
    void attachGroup(IommuDomain domain, Group group, @Nullable Handle handle);

    /** Replaces behind requests without PASID. */
    void replaceGroup(IommuDomain domain, Group group, @Nullable Handle handle);

    /** Detaches from requests without PASID. */
    void detachGroup(IommuDomain domain, Group group);

    /** Lets a device use an address space, under a PASID that the subsystem chooses. Its page requests are refused. */
    Bond bind(IommuDevice device, AddressSpace addressSpace);

    /** Gives one bind back. */
    void unbind(Bond bond);

    /** What the fault path finds under {@code pasid}, {@link Pasid#NONE} included; null: nothing, or no handle. */
    @Nullable
    Handle find(Group group, Pasid pasid);

    /** The group's record of PASIDs: names of domains. {@link Pasid#NONE} only if attached with a handle. */
    Map<Pasid, String> attached(Group group);

    /** Before a device is reset. */
    void prepareRecovery(IommuDevice device);

    /** After it was reset. */
    void recoveryDone(IommuDevice device);

    /** A page request from the driver. */
    void report(PageRequest request);

    /** The interrupt. */
    void serviceEvents();
}
