package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attach or a replace for requests without PASID. A replace is made where nothing is attached yet: it acts as an attach. */
final class RidCall implements Call<RidMistake> {
    private final String what;
    private final Setting setting;
    private final boolean replace;
    private final IommuDevice device;
    private Subsystem.Group group;
    private IommuDomain domain;
    private Subsystem.@Nullable Handle handle;

    RidCall(String what, Setting setting, boolean replace) {
        this.what = what;
        this.setting = setting;
        this.replace = replace;
        this.group = setting.group();
        this.device = setting.add("device-a", Setting.WIDE);
        setting.add("device-b", 0);
        this.domain = bench().withoutPasid(1);
        this.handle = setting.handle("fresh");
    }

    Bench bench() {
        return setting.bench();
    }

    /** First what needs a group that still works. */
    @Override
    public RidCall with(Collection<RidMistake> mistakes) {
        mistakes.stream()
                .sorted(Comparator.comparing(mistake -> mistake != RidMistake.OCCUPIED))
                .forEach(this::make);
        return this;
    }

    @Override
    public Performed perform() {
        return setting.perform(what, () -> {
            if (replace) {
                setting.subsystem().replaceGroup(domain, group, handle);
            } else {
                setting.subsystem().attachGroup(domain, group, handle);
            }
        });
    }

    @Override
    public State state() {
        Map<Pasid, String> record = setting.subsystem().attached(group);
        return new State(
                record,
                Optional.ofNullable(setting.subsystem().find(group, Pasid.NONE)),
                Optional.ofNullable(handle).map(Subsystem.Handle::domain));
    }

    private void make(RidMistake mistake) {
        switch (mistake) {
            case NO_HANDLE -> handle = null;
            case OCCUPIED -> setting.subsystem().attachGroup(bench().withoutPasid(0), group, setting.handle("in use"));
            case NO_DEVICE -> group = setting.subsystem().createGroup("group-b");
            case FOREIGN -> domain = bench().foreign();
            case KIND -> bench().driver().withhold(EnumSet.of(DomainType.PAGING));
            case RECOVERY -> setting.subsystem().prepareRecovery(device);
            case DRIVER -> setting.makeDriverFail(domain);
        }
    }
}
