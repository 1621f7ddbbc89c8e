package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.report.SuiteReport;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.FaultCoverage;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options that say under which assumptions, and how much of the suite, is run. */
final class SuiteChoice {
    /** What drivers are run on. */
    enum Hardware {
        MODEL,
        QEMU;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private MemoryRules memory = new MemoryRules();

    @Option(
            names = "--hardware",
            paramLabel = "model|qemu",
            converter = HardwareConverter.class,
            defaultValue = "model",
            description =
                    "What to run on: the hardware models (default), or QEMU's IOMMUs, with DMA after every store.")
    private Hardware hardware = Hardware.MODEL;

    @Option(
            names = "--faults",
            paramLabel = "rotating|all|none",
            converter = FaultsConverter.class,
            defaultValue = "rotating",
            description = "Make calls of the platform fail, one after the other: on the usual hardware all, on each"
                    + " variant of it some in turn (rotating, the default); on every variant all, which takes half an"
                    + " hour of processor time more; or none.")
    private FaultCoverage faults = FaultCoverage.ROTATING;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Start of everything drawn by chance; decimal or 0x. The same seed gives the same run.")
    private @Nullable Long seed;

    @Option(names = "--jobs", paramLabel = "N", description = "Threads; without it: one for each processor.")
    private @Nullable Integer jobs;

    @Option(
            names = "--schedules",
            paramLabel = "N",
            description = "Operations that overlap are interrupted at most N times, everywhere (2); 0: they run one"
                    + " after the other.")
    private @Nullable Integer schedules;

    /**
     * How to run the suite.
     *
     * @throws BadRequest for what cannot be
     */
    SuiteOptions options(List<Rule> rules, Optional<String> scenarios) {
        int threads = jobs == null ? SuiteOptions.DEFAULTS.jobs() : jobs;
        if (threads < 1) {
            throw wrong("--jobs " + threads + " makes no progress; give 1 or more, or leave it out");
        }
        int preemptions = schedules == null ? SuiteOptions.DEFAULTS.schedules() : schedules;
        if (preemptions < 0) {
            throw wrong("--schedules " + preemptions + " is no number of preemptions; give 0 (one operation after the"
                    + " other) or more, or leave it out");
        }
        Set<Rule> chosen = EnumSet.noneOf(Rule.class);
        chosen.addAll(rules);
        return memory.on(new SuiteOptions(
                SuiteOptions.DEFAULTS.storeOrder(),
                SuiteOptions.DEFAULTS.anyFetchOrder(),
                chosen,
                scenarios,
                threads,
                seed == null ? SuiteOptions.DEFAULTS.seed() : seed,
                preemptions,
                faults));
    }

    /** What to run on. */
    Hardware hardware() {
        return hardware;
    }

    /**
     * The hardware models, for a command that knows no other hardware.
     *
     * @throws BadRequest if other hardware was asked for
     */
    Hardware onlyModels() {
        if (hardware != Hardware.MODEL) {
            throw wrong(
                    "--hardware " + hardware + " is for hitless test; leave it out to compare on the hardware models");
        }
        return hardware;
    }

    /** The same for the report. In QEMU stores are visible at once, and operations come one after another. */
    SuiteReport.Settings settings(SuiteOptions options, Map<String, String> driverOptions) {
        boolean emulated = hardware == Hardware.QEMU;
        return new SuiteReport.Settings(
                HitlessVersion.ofSuite(),
                (emulated ? Assumptions.StoreOrder.TSO : options.storeOrder())
                        .name()
                        .toLowerCase(Locale.ROOT),
                !emulated && options.anyFetchOrder() ? "any" : "default",
                (emulated ? FaultCoverage.NONE : options.faults()).toString(),
                emulated ? 0 : options.schedules(),
                options.seed(),
                hardware.toString(),
                driverOptions);
    }

    private BadRequest wrong(String message) {
        return new BadRequest(spec.commandLine(), message);
    }

    static final class FaultsConverter extends WordConverter<FaultCoverage> {
        FaultsConverter() {
            super(FaultCoverage.class);
        }
    }

    static final class HardwareConverter extends WordConverter<Hardware> {
        HardwareConverter() {
            super(Hardware.class);
        }
    }

    /** Rules by id. */
    static final class RuleConverter implements ITypeConverter<Rule> {
        @Override
        public Rule convert(String value) {
            return Rule.byId(value).orElseThrow(() -> unknown(value));
        }

        private static TypeConversionException unknown(String value) {
            List<String> ids = Arrays.stream(Rule.values()).map(Rule::id).toList();
            String meant = Similar.to(value.toUpperCase(Locale.ROOT), ids)
                    .map(similar -> "did you mean " + similar + "? ")
                    .orElse("");
            return new TypeConversionException(
                    "no rule is called '" + value + "'; " + meant + "hitless rules lists them all");
        }
    }
}
