package dev.hitless.iommu.qemu.qtest;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Lines of text over a socket, with a limit on how long the other side may be silent. */
final class LineChannel implements Closeable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final SocketChannel socket;
    private final Selector selector;
    private final long patienceMillis;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private final StringBuilder out = new StringBuilder();

    /** Takes over a connected socket. */
    LineChannel(SocketChannel socket, long patienceMillis) throws IOException {
        this.socket = socket;
        this.patienceMillis = patienceMillis;
        this.selector = Selector.open();
        socket.configureBlocking(false);
        socket.register(selector, SelectionKey.OP_READ);
    }

    /** Queues a line. */
    void append(String line) {
        out.append(line).append('\n');
    }

    /** Sends what is queued. */
    void flush() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(out.toString().getBytes(StandardCharsets.US_ASCII));
        out.setLength(0);
        while (bytes.hasRemaining()) {
            if (socket.write(bytes) == 0) {
                waitFor(SelectionKey.OP_WRITE);
            }
        }
    }

    /** The next line, without its end. */
    String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            while (in.hasRemaining()) {
                char next = (char) in.get();
                if (next == '\n') {
                    return line.toString().strip();
                }
                line.append(next);
            }
            fill();
        }
    }

    private void fill() throws IOException {
        in.clear();
        int read = socket.read(in);
        while (read == 0) {
            waitFor(SelectionKey.OP_READ);
            read = socket.read(in);
        }
        in.flip();
        if (read < 0) {
            in.position(in.limit());
            throw new IOException("QEMU closed the connection");
        }
    }

    private void waitFor(int operation) throws IOException {
        socket.keyFor(selector).interestOps(operation);
        int ready = selector.select(patienceMillis);
        selector.selectedKeys().clear();
        if (ready == 0) {
            throw new IOException("QEMU has not answered for " + patienceMillis + " ms");
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        socket.close();
    }
}
