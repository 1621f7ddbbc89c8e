package dev.hitless.iommu.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what was wrong with the arguments and what to type instead. */
final class WrongUsage implements IParameterExceptionHandler {
    private final Screen screen;

    WrongUsage(Screen screen) {
        this.screen = screen;
    }

    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        String message = String.valueOf(wrong.getMessage());
        if (wrong instanceof MissingParameterException) {
            message = message.replace("Missing required option: ", "missing ");
        }
        screen.complain(firstLower(message.strip().replaceAll("\\s*\\R\\s*", " ")) + advice(wrong, command));
        return ExitCode.WRONG_USAGE;
    }

    private static String advice(ParameterException wrong, CommandLine command) {
        if (wrong instanceof BadRequest) {
            return "";
        }
        List<String> suggestions =
                wrong instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String help = "see " + command.getCommandSpec().qualifiedName() + " --help";
        return suggestions.isEmpty() ? "; " + help : "; did you mean " + suggestions.get(0) + "? Or " + help;
    }

    private static String firstLower(String text) {
        return text.length() > 1 && Character.isLowerCase(text.charAt(1))
                ? Character.toLowerCase(text.charAt(0)) + text.substring(1)
                : text;
    }
}
