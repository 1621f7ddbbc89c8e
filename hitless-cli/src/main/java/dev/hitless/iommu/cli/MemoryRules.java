package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Options that say by which memory rules hardware is taken to work. */
final class MemoryRules {
    /** How stores become visible to the IOMMU. */
    enum Visibility {
        WEAK,
        TSO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In which order the pieces of an entry are fetched. */
    enum FetchOrder {
        /** As the hardware model declares it. */
        DEFAULT,
        ANY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final class VisibilityConverter extends WordConverter<Visibility> {
        VisibilityConverter() {
            super(Visibility.class);
        }
    }

    static final class FetchOrderConverter extends WordConverter<FetchOrder> {
        FetchOrderConverter() {
            super(FetchOrder.class);
        }
    }

    @Option(
            names = "--visibility",
            paramLabel = "weak|tso",
            converter = VisibilityConverter.class,
            defaultValue = "weak",
            description = "When stores become visible: weak, until the next barrier, in any order (the default,"
                    + " which every driver must pass); or tso, at once, as on x86.")
    private Visibility visibility = Visibility.WEAK;

    @Option(
            names = "--fetch-order",
            paramLabel = "default|any",
            converter = FetchOrderConverter.class,
            defaultValue = "default",
            description = "In which order hardware fetches the pieces of an entry: as the model declares it (default),"
                    + " or any.")
    private FetchOrder fetchOrder = FetchOrder.DEFAULT;

    /** {@code options} under these rules. */
    SuiteOptions on(SuiteOptions options) {
        return new SuiteOptions(
                visibility == Visibility.TSO ? Assumptions.StoreOrder.TSO : Assumptions.StoreOrder.WEAK,
                fetchOrder == FetchOrder.ANY,
                options.rules(),
                options.scenarioGlob(),
                options.jobs(),
                options.seed(),
                options.schedules(),
                options.faults());
    }
}
