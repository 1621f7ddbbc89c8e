package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import org.jspecify.annotations.Nullable;

/** What a subsystem does to an attachment. */
enum Change {
    ATTACH("attach"),
    REPLACE("replace"),
    DETACH("detach");

    private final String label;

    Change(String label) {
        this.label = label;
    }

    /** What stands there before. */
    IommuDomain from(Bench bench, Pasid pasid) {
        if (this == ATTACH) {
            return bench.driver().blockedDomain();
        }
        return pasid.isNone() ? bench.withoutPasid(0) : bench.onPasid(0);
    }

    /** What stands there afterwards. */
    IommuDomain to(Bench bench, Pasid pasid) {
        if (this == DETACH) {
            return bench.driver().blockedDomain();
        }
        return pasid.isNone() ? bench.withoutPasid(1) : bench.onPasid(1);
    }

    /** Does it. */
    void perform(Setting setting, Pasid pasid, IommuDomain from, IommuDomain to, Subsystem.@Nullable Handle handle) {
        switch (this) {
            case ATTACH -> setting.attach(to, pasid, handle);
            case REPLACE -> setting.replace(to, pasid, handle);
            case DETACH -> setting.detach(from, pasid);
        }
    }

    /** With PASID or without, as in names of scenarios. */
    String label(Pasid pasid) {
        return (pasid.isNone() ? "rid-" : "pasid-") + label;
    }
}
