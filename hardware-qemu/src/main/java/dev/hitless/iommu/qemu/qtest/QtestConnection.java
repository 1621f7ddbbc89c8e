package dev.hitless.iommu.qemu.qtest;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The qtest protocol: reads and writes of guest-physical memory (registers alike) and of x86 I/O ports. One request line,
 * one answer line. QEMU carries requests out one after another in one thread, so a write that was <em>posted</em> (its
 * answer not yet waited for) has happened before anything that is asked later. Answers to posted requests are checked when
 * the next answer is needed, and at the latest after {@value #MOST_POSTED} of them.
 */
public final class QtestConnection implements Closeable {
    /** Answers are short, and so are buffers: with more in flight both sides could wait for each other. */
    private static final int MOST_POSTED = 256;

    private final LineChannel channel;
    private final Deque<Request> unanswered = new ArrayDeque<>();

    /** What was sent, and who wants to hear the answer. */
    private record Request(String line, Consumer<QtestReply> listener) {}

    QtestConnection(LineChannel channel) {
        this.channel = channel;
    }

    /** Reads an aligned 64-bit word. */
    public long read64(long address) {
        return ask("readq " + hex(address)).value();
    }

    /**
     * Reads an aligned 64-bit word whose content is known beforehand. Posted.
     *
     * @param surprise told the content, if it is another
     */
    public void expect64(long address, long expected, LongConsumer surprise) {
        post("readq " + hex(address), reply -> {
            if (reply.value() != expected) {
                surprise.accept(reply.value());
            }
        });
    }

    /** Reads an aligned 32-bit word. */
    public int read32(long address) {
        return (int) ask("readl " + hex(address)).value();
    }

    /** Writes an aligned 64-bit word, seen whole. Posted. */
    public void write64(long address, long value) {
        post("writeq " + hex(address) + " " + hex(value));
    }

    /** Writes an aligned 32-bit word. Posted. */
    public void write32(long address, int value) {
        post("writel " + hex(address) + " " + hex(Integer.toUnsignedLong(value)));
    }

    /** Writes two words in one go, so that no DMA comes in between. Posted. */
    public void write128(long address, long low, long high) {
        post(String.format(
                Locale.ROOT,
                "write %s 0x10 0x%016x%016x",
                hex(address),
                Long.reverseBytes(low),
                Long.reverseBytes(high)));
    }

    /** Fills memory with one byte. Posted. */
    public void fill(long address, long lengthBytes, int value) {
        post("memset " + hex(address) + " " + hex(lengthBytes) + " " + hex(value & 0xFF));
    }

    /** Reads {@code count} consecutive 64-bit words. */
    public long[] readWords(long address, int count) {
        return ask("read " + hex(address) + " " + hex(8L * count)).words(count);
    }

    /** Reads 32 bits from an x86 I/O port. */
    public int in32(int port) {
        return (int) ask("inl " + hex(port)).value();
    }

    /** Writes 32 bits to an x86 I/O port. Posted. */
    public void out32(int port, int value) {
        post("outl " + hex(port) + " " + hex(Integer.toUnsignedLong(value)));
    }

    /** Waits for everything that was posted. */
    public void settle() {
        try {
            channel.flush();
            while (!unanswered.isEmpty()) {
                checkOldest();
            }
        } catch (IOException lost) {
            throw gone(lost);
        }
    }

    private void post(String line) {
        post(line, reply -> {});
    }

    private void post(String line, Consumer<QtestReply> listener) {
        send(line, listener);
        if (unanswered.size() >= MOST_POSTED) {
            settle();
        }
    }

    private void send(String line, Consumer<QtestReply> listener) {
        channel.append(line);
        unanswered.add(new Request(line, listener));
    }

    private QtestReply ask(String line) {
        send(line, reply -> {});
        try {
            channel.flush();
            while (unanswered.size() > 1) {
                checkOldest();
            }
            return checkOldest();
        } catch (IOException lost) {
            throw gone(lost);
        }
    }

    private QtestReply checkOldest() throws IOException {
        QtestReply reply = new QtestReply(channel.readLine());
        while (!reply.isAnswer()) {
            reply = new QtestReply(channel.readLine());
        }
        Request request = unanswered.remove();
        if (!reply.isDone()) {
            throw new QtestException("QEMU refused '" + request.line() + "': " + reply.line());
        }
        request.listener().accept(reply);
        return reply;
    }

    private QtestException gone(IOException lost) {
        Request first = unanswered.peek();
        return new QtestException(
                lost.getMessage() + (first == null ? "" : "; it was asked '" + first.line() + "'"), lost);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
