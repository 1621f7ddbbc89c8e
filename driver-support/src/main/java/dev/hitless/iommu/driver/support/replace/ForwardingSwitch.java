package dev.hitless.iommu.driver.support.replace;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

/** A change that is another one but for what a subclass overrides: to watch it, or to spoil it and see a rule break. */
public abstract class ForwardingSwitch implements DomainSwitch {
    private final DomainSwitch change;

    /** @param change where everything goes that is not overridden */
    protected ForwardingSwitch(DomainSwitch change) {
        this.change = change;
    }

    @Override
    public void prepare() {
        change.prepare();
    }

    @Override
    public ReplacePlan kind() {
        return change.kind();
    }

    @Override
    public void carryOut() {
        change.carryOut();
    }

    @Override
    public void block() {
        change.block();
    }

    @Override
    public boolean isOldInForce(IommuException failure) {
        return change.isOldInForce(failure);
    }

    @Override
    public List<EntryContent> possiblyCached(IommuException failure) {
        return change.possiblyCached(failure);
    }
}
