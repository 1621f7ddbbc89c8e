package dev.hitless.iommu.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root: names the commands. */
@Command(
        name = "hitless",
        versionProvider = HitlessVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Proves that IOMMU drivers replace the domain behind a PASID without a fault and without a torn mix.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  hitless test                         all drivers, all rules",
            "  hitless test --driver vtd --report out",
            "  hitless explain --driver vtd --from first-stage --to second-stage",
            "  hitless compare                      vendors side by side",
            "",
            "Exit codes: 0 conforms; 1 does not conform; 2 wrong usage; 3 the suite itself failed."
        },
        subcommands = {
            DriversCommand.class,
            RulesCommand.class,
            TestCommand.class,
            ExplainCommand.class,
            CompareCommand.class
        })
final class HitlessCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    void help(boolean wanted) {
        // picocli acts on it.
    }

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the versions of Hitless, of its driver contract, and of Java.")
    void version(boolean wanted) {
        // picocli acts on it.
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
