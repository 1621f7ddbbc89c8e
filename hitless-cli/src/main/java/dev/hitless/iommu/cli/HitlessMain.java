package dev.hitless.iommu.cli;

import picocli.CommandLine;

/** Starts the command line. */
public final class HitlessMain {
    private HitlessMain() {}

    /** Runs one command and exits with its {@link ExitCode}. */
    public static void main(String[] arguments) {
        System.exit(run(Screen.ofProcess(), arguments));
    }

    /** Runs one command, writing to {@code screen}. */
    static int run(Screen screen, String... arguments) {
        CommandLine commandLine = new CommandLine(new HitlessCommand(), new CommandFactory(screen))
                .setOut(screen.out())
                .setErr(screen.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        screen.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(screen.columns())
                .setParameterExceptionHandler(new WrongUsage(screen))
                .setExecutionExceptionHandler(new BrokenSuite(screen));
        int code = commandLine.execute(arguments);
        screen.out().flush();
        screen.err().flush();
        return code;
    }
}
