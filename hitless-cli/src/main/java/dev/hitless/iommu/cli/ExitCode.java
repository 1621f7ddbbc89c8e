package dev.hitless.iommu.cli;

/** What the process ends with; scripts rely on it. */
final class ExitCode {
    /** Every driver conforms; or the command did what it was asked. */
    static final int CONFORMS = 0;
    /** At least one driver does not conform. */
    static final int DOES_NOT_CONFORM = 1;
    /** Wrong usage: one line said what to type instead. */
    static final int WRONG_USAGE = 2;
    /** The suite, a hardware model or a driver's start failed: nothing is said of conformance. */
    static final int SUITE_FAILED = 3;

    private ExitCode() {}
}
