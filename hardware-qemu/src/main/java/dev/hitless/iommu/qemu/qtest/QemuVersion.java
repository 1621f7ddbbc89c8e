package dev.hitless.iommu.qemu.qtest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of QEMU.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number
 */
public record QemuVersion(int major, int minor, int patch) implements Comparable<QemuVersion> {
    /** The oldest release that the checks were measured on. */
    static final QemuVersion OLDEST = new QemuVersion(7, 2, 0);

    private static final Pattern BANNER = Pattern.compile("version (\\d+)\\.(\\d+)(?:\\.(\\d+))?");

    /** What is told by {@code --version}, or nothing if it is no such text. */
    static Optional<QemuVersion> parse(String banner) {
        Matcher found = BANNER.matcher(banner);
        if (!found.find()) {
            return Optional.empty();
        }
        String patch = found.group(3);
        return Optional.of(new QemuVersion(
                Integer.parseInt(found.group(1)),
                Integer.parseInt(found.group(2)),
                patch == null ? 0 : Integer.parseInt(patch)));
    }

    /**
     * The release of {@code program}.
     *
     * @throws QemuUnavailableException if it is not there, or older than 7.2
     */
    public static QemuVersion require(QemuProgram program) {
        String banner;
        try {
            Process process = new ProcessBuilder(program.executable(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            banner = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException missing) {
            throw new QemuUnavailableException("there is no " + program.executable() + "; " + program.remedy());
        }
        QemuVersion version = parse(banner)
                .orElseThrow(
                        () -> new QemuUnavailableException(program.executable() + " does not say which release it is ('"
                                + banner.strip().lines().findFirst().orElse("") + "'); " + program.remedy()));
        if (version.compareTo(OLDEST) < 0) {
            throw new QemuUnavailableException(program.executable() + " is " + version + "; " + program.remedy());
        }
        return version;
    }

    @Override
    public int compareTo(QemuVersion other) {
        return Comparator.comparingInt(QemuVersion::major)
                .thenComparingInt(QemuVersion::minor)
                .thenComparingInt(QemuVersion::patch)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
