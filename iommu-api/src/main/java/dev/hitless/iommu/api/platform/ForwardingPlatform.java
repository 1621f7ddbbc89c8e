package dev.hitless.iommu.api.platform;

/** A platform that is another one but for what a subclass overrides. */
public abstract class ForwardingPlatform implements Platform {
    private final Platform platform;

    /** @param platform where everything comes from that is not overridden */
    protected ForwardingPlatform(Platform platform) {
        this.platform = platform;
    }

    @Override
    public PhysicalMemory memory() {
        return platform.memory();
    }

    @Override
    public RegisterBank registers() {
        return platform.registers();
    }

    @Override
    public Waiter waiter() {
        return platform.waiter();
    }

    @Override
    public Locks locks() {
        return platform.locks();
    }

    @Override
    public EventSink events() {
        return platform.events();
    }
}
