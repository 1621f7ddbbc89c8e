package dev.hitless.iommu.cli;

import dev.hitless.iommu.api.IommuApi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class HitlessVersion implements IVersionProvider {
    /** The version in the jar's manifest; {@code development} when run from classes. */
    static String ofSuite() {
        @Nullable String version = HitlessVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"hitless " + ofSuite(), "driver contract " + IommuApi.VERSION, "Java " + Runtime.version()
        };
    }
}
