package dev.hitless.iommu.api;

/** The version of this contract. */
public final class IommuApi {
    /**
     * Contract version, {@code major.minor}. A compile-time constant on purpose: a provider that returns it records
     * the version that it was <em>built</em> against. The core accepts the same major with a minor not above its own.
     */
    public static final String VERSION = "1.0";

    private IommuApi() {}
}
