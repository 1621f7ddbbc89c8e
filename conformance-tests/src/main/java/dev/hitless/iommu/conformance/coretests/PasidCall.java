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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attach or a replace behind a PASID. */
final class PasidCall implements Call<PasidMistake> {
    private static final Pasid BEYOND_THE_NARROW_ONE = Pasid.of(0x40);
    private static final int NARROW = 6;

    private final String what;
    private final Setting setting;
    private final boolean replace;
    private final Subsystem.Handle inUse;
    private Subsystem.Group group;
    private IommuDevice device;
    private IommuDomain domain;
    private Pasid pasid = Setting.PASID;
    private Subsystem.@Nullable Handle handle;

    PasidCall(String what, Setting setting, boolean replace) {
        this.what = what;
        this.setting = setting;
        this.replace = replace;
        this.group = setting.group();
        this.device = setting.add("device-a", Setting.WIDE);
        setting.add("device-b", NARROW);
        this.domain = bench().onPasid(1);
        this.inUse = setting.handle("in use");
        this.handle = setting.handle("fresh");
        if (replace) {
            setting.subsystem().attach(bench().onPasid(0), device, pasid, inUse);
        }
    }

    Bench bench() {
        return setting.bench();
    }

    /** Those that are found last first: they need a group that still works. */
    @Override
    public PasidCall with(Collection<PasidMistake> mistakes) {
        mistakes.stream().sorted(Comparator.reverseOrder()).forEach(this::make);
        return this;
    }

    @Override
    public Performed perform() {
        return setting.perform(what, () -> {
            if (replace) {
                setting.subsystem().replace(domain, device, pasid, handle);
            } else {
                setting.subsystem().attach(domain, device, pasid, handle);
            }
        });
    }

    @Override
    public State state() {
        return new State(
                setting.subsystem().attached(group),
                Optional.ofNullable(setting.subsystem().find(group, Setting.PASID)),
                Optional.ofNullable(handle).map(Subsystem.Handle::domain));
    }

    private void make(PasidMistake mistake) {
        switch (mistake) {
            case STRANGER -> device = setting.stranger();
            case KIND -> bench().driver().withhold(EnumSet.of(DomainType.PAGING));
            case NO_REMOVAL -> bench().driver().withhold(EnumSet.of(DomainType.BLOCKED));
            case FOREIGN -> domain = bench().foreign();
            case PASID_0 -> pasid = Pasid.NONE;
            case NO_HANDLE -> handle = null;
            case RECOVERY -> setting.subsystem().prepareRecovery(device);
            case NO_PASIDS -> moveToGroupWithoutPasids();
            case RANGE -> pasid = BEYOND_THE_NARROW_ONE;
            case OCCUPIED -> setting.subsystem().attach(bench().onPasid(0), device, pasid, inUse);
            case UNATTACHED -> pasid = Setting.UNUSED;
            case HANDLE_IN_USE -> handle = inUse;
            case DRIVER -> setting.makeDriverFail(domain);
        }
    }

    private void moveToGroupWithoutPasids() {
        group = setting.subsystem().createGroup("group-b");
        device = setting.add(group, "bridge", 0);
    }
}
