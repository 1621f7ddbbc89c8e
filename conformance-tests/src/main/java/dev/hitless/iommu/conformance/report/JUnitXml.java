package dev.hitless.iommu.conformance.report;

import dev.hitless.iommu.conformance.rules.RuleLevel;
import dev.hitless.iommu.conformance.rules.Verdict;

/** A driver's report as JUnit XML, which every CI server can show: a rule is a test case. */
final class JUnitXml {
    private final StringBuilder xml = new StringBuilder();

    private JUnitXml() {}

    static String text(DriverReport driver) {
        JUnitXml writer = new JUnitXml();
        writer.suite(driver);
        return writer.xml.toString();
    }

    private void suite(DriverReport driver) {
        xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"")
                .append(escaped(driver.id()))
                .append("\" tests=\"")
                .append(driver.rules().size())
                .append("\" failures=\"")
                .append(driver.rules().stream().filter(JUnitXml::fails).count())
                .append("\" errors=\"")
                .append(count(driver, Verdict.ERROR))
                .append("\" skipped=\"")
                .append(driver.rules().stream().filter(JUnitXml::isSkipped).count())
                .append("\">\n");
        driver.rules().forEach(rule -> testCase(driver, rule));
        xml.append("</testsuite>\n");
    }

    private static long count(DriverReport driver, Verdict verdict) {
        return driver.rules().stream().filter(rule -> rule.verdict() == verdict).count();
    }

    /** Advice is reported, but is no failure. */
    private static boolean fails(RuleReport rule) {
        return rule.verdict() == Verdict.FAIL && rule.rule().level() != RuleLevel.ADVICE;
    }

    private static boolean isSkipped(RuleReport rule) {
        return rule.verdict() == Verdict.SKIP || rule.verdict() == Verdict.WAIVED;
    }

    private void testCase(DriverReport driver, RuleReport rule) {
        xml.append("  <testcase classname=\"")
                .append(escaped(driver.id()))
                .append("\" name=\"")
                .append(escaped(rule.rule().id() + " " + rule.rule().sentence()))
                .append("\"");
        String body = body(rule);
        xml.append(body.isEmpty() ? "/>\n" : ">\n" + body + "  </testcase>\n");
    }

    private static String body(RuleReport rule) {
        if (fails(rule)) {
            return element(
                    "failure", "broken in " + rule.failureCount() + " of " + rule.scenarios() + " scenarios", rule);
        }
        return switch (rule.verdict()) {
            case ERROR -> element("error", rule.reason(), rule);
            case SKIP, WAIVED -> "    <skipped message=\"" + escaped(rule.reason()) + "\"/>\n";
            case FAIL -> "    <system-out>" + escaped(evidence(rule)) + "</system-out>\n";
            case PASS -> "";
        };
    }

    private static String element(String name, String message, RuleReport rule) {
        return "    <" + name + " message=\"" + escaped(message) + "\">" + escaped(evidence(rule)) + "</" + name
                + ">\n";
    }

    private static String evidence(RuleReport rule) {
        StringBuilder text = new StringBuilder();
        for (Failure failure : rule.failures()) {
            text.append(failure.scenario())
                    .append("\n  who: ")
                    .append(failure.finding().stream())
                    .append("\n  expected: ")
                    .append(failure.finding().expected())
                    .append("\n  observed: ")
                    .append(failure.finding().observed())
                    .append("\n  after event ")
                    .append(failure.finding().event())
                    .append(": ")
                    .append(failure.eventText())
                    .append("\n  reproduce: ")
                    .append(failure.reproduce())
                    .append('\n');
        }
        return text.toString();
    }

    /** For text and for attributes. What XML cannot express at all becomes a question mark. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\n', '\t' -> escaped.appendCodePoint(c);
                default -> escaped.appendCodePoint(c < ' ' || c == 0xFFFE || c == 0xFFFF ? '?' : c);
            }
        });
        return escaped.toString();
    }
}
