package dev.hitless.iommu.seedthread;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/**
 * The core with its replace as it was first proposed for Linux in January 2024: remove the old domain, set the new one, and
 * on failure set the old one again.
 */
final class RemoveFirst {
    private final Subsystem core;
    private final Map<Pasid, IommuDomain> attached = new HashMap<>();

    private RemoveFirst(Subsystem core) {
        this.core = core;
    }

    static Subsystem.Factory over(Subsystem.Factory cores) {
        return (driver, locks, warnings) -> {
            RemoveFirst changed = new RemoveFirst(cores.over(driver, locks, warnings));
            return (Subsystem) Proxy.newProxyInstance(
                    RemoveFirst.class.getClassLoader(),
                    new Class<?>[] {Subsystem.class},
                    (proxy, method, arguments) -> changed.call(method, arguments));
        };
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("replace")) {
            replace((IommuDomain) arguments[0], (IommuDevice) arguments[1], (Pasid) arguments[2], (Subsystem.Handle)
                    arguments[3]);
            return null;
        }
        try {
            Object result = method.invoke(core, arguments);
            if (method.getName().equals("attach")) {
                attached.put((Pasid) arguments[2], (IommuDomain) arguments[0]);
            }
            return result;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private void replace(IommuDomain domain, IommuDevice device, Pasid pasid, Subsystem.Handle handle) {
        IommuDomain old = attached.get(pasid);
        core.detach(old, device, pasid);
        try {
            core.attach(domain, device, pasid, handle);
            attached.put(pasid, domain);
        } catch (IommuException failure) {
            core.attach(old, device, pasid, core.newHandle("old, once more", null));
            throw failure;
        }
    }
}
