package dev.hitless.iommu.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Arguments that parse but cannot be followed. The message is one line and says what to type instead. */
final class BadRequest extends ParameterException {
    private static final long serialVersionUID = 1;

    BadRequest(CommandLine command, String message) {
        super(command, message);
    }
}
