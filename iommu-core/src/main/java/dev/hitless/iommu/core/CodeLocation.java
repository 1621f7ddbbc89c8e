package dev.hitless.iommu.core;

import java.security.CodeSource;

/** Says where a class came from. */
final class CodeLocation {
    static final String UNKNOWN = "unknown";

    private CodeLocation() {}

    /** The jar or directory of {@code type}, for people. */
    static String of(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? UNKNOWN
                : readable(source.getLocation().toString());
    }

    /** {@code jar:file:/a/b.jar!/META-INF/...} and {@code file:/a/b.jar} as {@code /a/b.jar}. */
    static String readable(String url) {
        String text = url;
        int inner = text.indexOf("!/");
        if (inner >= 0) {
            text = text.substring(0, inner);
        }
        text = text.startsWith("jar:") ? text.substring("jar:".length()) : text;
        return text.startsWith("file:") ? text.substring("file:".length()) : text;
    }
}
