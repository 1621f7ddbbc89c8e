package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.core.AttachHandle;
import dev.hitless.iommu.core.IommuCore;
import dev.hitless.iommu.core.IommuGroup;
import dev.hitless.iommu.core.PageRequestGroup;
import dev.hitless.iommu.core.SvaBond;
import dev.hitless.iommu.core.WarningSink;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The core that comes with Hitless. */
final class CoreSubsystem implements Subsystem {
    private record CoreGroup(IommuGroup group) implements Group {}

    private record CoreHandle(AttachHandle handle) implements Handle {
        @Override
        public @Nullable IommuDomain domain() {
            return handle.domain();
        }

        @Override
        public String toString() {
            return handle.name();
        }
    }

    private record CoreBond(SvaBond bond) implements Bond {
        @Override
        public Pasid pasid() {
            return bond.pasid();
        }
    }

    private record CorePages(PageRequestGroup group) implements AskedPages {
        @Override
        public List<PageRequest> requests() {
            return group.requests();
        }

        @Override
        public boolean answer(PageResponse.Code code) {
            return group.answer(code);
        }
    }

    private final IommuDriver driver;
    private final IommuCore core;

    CoreSubsystem(IommuDriver driver, Locks locks, WarningSink warnings) {
        this.driver = driver;
        this.core = IommuCore.over(driver, locks, warnings);
    }

    @Override
    public Group createGroup(String name) {
        return new CoreGroup(core.createGroup(name));
    }

    @Override
    public IommuDevice addDevice(Group group, DeviceDescription description) {
        return core.addDevice(unwrap(group), description);
    }

    @Override
    public void removeDevice(IommuDevice device) {
        core.removeDevice(device);
    }

    @Override
    public Handle newHandle(String name, @Nullable Consumer<AskedPages> pages) {
        return new CoreHandle(
                new AttachHandle(name, pages == null ? null : group -> pages.accept(new CorePages(group))));
    }

    @Override
    public void attach(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
        core.attachDevicePasid(domain, device, pasid, unwrap(handle));
    }

    @Override
    public void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable Handle handle) {
        core.replaceDevicePasid(domain, device, pasid, unwrap(handle));
    }

    @Override
    public void detach(IommuDomain domain, IommuDevice device, Pasid pasid) {
        core.detachDevicePasid(domain, device, pasid);
    }

    @Override
    public void attachGroup(IommuDomain domain, Group group, @Nullable Handle handle) {
        core.attachGroupHandle(domain, unwrap(group), unwrap(handle));
    }

    @Override
    public void replaceGroup(IommuDomain domain, Group group, @Nullable Handle handle) {
        core.replaceGroupHandle(domain, unwrap(group), unwrap(handle));
    }

    @Override
    public void detachGroup(IommuDomain domain, Group group) {
        core.detachGroupHandle(domain, unwrap(group));
    }

    @Override
    public Bond bind(IommuDevice device, AddressSpace addressSpace) {
        return new CoreBond(core.bindSva(device, addressSpace, null));
    }

    @Override
    public void unbind(Bond bond) {
        core.unbindSva(((CoreBond) bond).bond());
    }

    @Override
    public @Nullable Handle find(Group group, Pasid pasid) {
        try {
            return new CoreHandle(core.attachHandleGet(unwrap(group), pasid, null));
        } catch (IommuException nothing) {
            if (nothing.errno() == Errno.ENOENT) {
                return null;
            }
            throw nothing;
        }
    }

    @Override
    public Map<Pasid, String> attached(Group group) {
        Map<Pasid, String> attached = new TreeMap<>();
        var snapshot = unwrap(group).snapshot();
        snapshot.pasids().forEach(attachment -> attached.put(attachment.pasid(), attachment.domain()));
        if (snapshot.withoutPasid().handle() != null) {
            attached.put(Pasid.NONE, snapshot.withoutPasid().domain());
        }
        return attached;
    }

    @Override
    public void prepareRecovery(IommuDevice device) {
        core.prepareRecovery(device);
    }

    @Override
    public void recoveryDone(IommuDevice device) {
        core.recoveryDone(device);
    }

    @Override
    public void report(PageRequest request) {
        core.reportPageRequest(driver, request);
    }

    @Override
    public void serviceEvents() {
        core.serviceEvents();
    }

    private static IommuGroup unwrap(Group group) {
        return ((CoreGroup) group).group();
    }

    private static @Nullable AttachHandle unwrap(@Nullable Handle handle) {
        return handle == null ? null : ((CoreHandle) handle).handle();
    }
}
