package dev.hitless.iommu.cli;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** The suite itself failed. Says so, with the way to see more. */
final class BrokenSuite implements IExecutionExceptionHandler {
    private final Screen screen;

    BrokenSuite(Screen screen) {
        this.screen = screen;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        screen.complain(
                "the suite itself failed; this says nothing about the driver. Please report it with this trace:");
        failure.printStackTrace(screen.err());
        screen.err().flush();
        return ExitCode.SUITE_FAILED;
    }
}
