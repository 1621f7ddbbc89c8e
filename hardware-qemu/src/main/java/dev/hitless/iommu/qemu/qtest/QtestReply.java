package dev.hitless.iommu.qemu.qtest;

import java.util.Locale;

/**
 * One line that QEMU says.
 *
 * <pre>
 *  OK               done
 *  OK 0x2a          a value
 *  OK 0x0011223344  bytes in order of their addresses (answer to "read")
 *  OK little        a word (answer to "endianness")
 *  FAIL reason      refused
 *  ERR reason       refused
 *  IRQ raise 5      not an answer: an interrupt line that nobody asked about
 * </pre>
 */
record QtestReply(String line) {
    private static final String DONE = "OK";

    /** Whether this answers a request; an interrupt notice does not. */
    boolean isAnswer() {
        return !line.startsWith("IRQ ");
    }

    /** Whether the request was carried out. */
    boolean isDone() {
        return line.equals(DONE) || line.startsWith(DONE + " ");
    }

    /** What follows {@code OK}; empty if nothing does. */
    String operand() {
        return isDone() ? line.substring(DONE.length()).trim() : "";
    }

    /**
     * The value that follows {@code OK}, up to 64 bits.
     *
     * @throws QtestException if there is none
     */
    long value() {
        String text = operand().toLowerCase(Locale.ROOT);
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw new QtestException("QEMU answered '" + line + "' where a number was asked for", notANumber);
        }
    }

    /**
     * The bytes that follow {@code OK}, as little-endian 64-bit words.
     *
     * @param count how many words were asked for
     * @throws QtestException if there are not as many
     */
    long[] words(int count) {
        String text = operand();
        if (!text.startsWith("0x") || text.length() != 2 + 16 * count) {
            throw new QtestException(
                    "QEMU answered '" + shortened() + "' where " + 8 * count + " bytes were asked for");
        }
        long[] words = new long[count];
        for (int i = 0; i < count; i++) {
            words[i] = Long.reverseBytes(Long.parseUnsignedLong(text.substring(2 + 16 * i, 18 + 16 * i), 16));
        }
        return words;
    }

    private String shortened() {
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }
}
