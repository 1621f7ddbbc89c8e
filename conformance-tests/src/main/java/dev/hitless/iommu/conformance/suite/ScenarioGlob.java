package dev.hitless.iommu.conformance.suite;

import java.util.Optional;
import java.util.regex.Pattern;

/** Chooses scenarios by name: {@code *} is any text, {@code ?} any character. */
public final class ScenarioGlob {
    private final Optional<Pattern> pattern;

    /** @param glob empty: everything */
    public ScenarioGlob(Optional<String> glob) {
        this.pattern = glob.map(ScenarioGlob::compile);
    }

    /** Whether the scenario called {@code name} is chosen. */
    public boolean matches(String name) {
        return pattern.map(chosen -> chosen.matcher(name).matches()).orElse(true);
    }

    private static Pattern compile(String text) {
        StringBuilder regex = new StringBuilder();
        for (char c : text.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString());
    }
}
