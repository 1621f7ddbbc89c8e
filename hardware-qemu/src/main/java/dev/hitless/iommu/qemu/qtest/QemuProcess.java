package dev.hitless.iommu.qemu.qtest;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running QEMU and the connection to it.
 *
 * <p>QEMU goes on when its qtest socket is closed, so something has to end it, whatever happens to this JVM. It is started
 * by a shell that holds the read end of a pipe from this JVM: when the pipe is closed, by {@link #close} or because the JVM
 * is gone (killed, even), the shell kills QEMU and removes the folder of the socket.
 */
public final class QemuProcess implements Closeable {
    /** $0: the folder. $@: QEMU with its arguments. */
    private static final String GUARD = String.join(
            "\n",
            "exec 3<&0",
            "\"$@\" </dev/null 3<&- >\"$0/log\" 2>&1 &",
            "qemu=$!",
            "( read -r never <&3; rm -rf \"$0\"; kill -9 $qemu ) &",
            "guard=$!",
            "wait $qemu",
            "kill $guard 2>/dev/null",
            "wait $guard 2>/dev/null",
            "exit 0");

    private static final long START_MILLIS = 20_000;
    private static final long ANSWER_MILLIS = 30_000;
    private static final long END_SECONDS = 10;
    private static final int POLL_MILLIS = 20;

    private final Path folder;
    private final Process shell;
    private final QtestConnection connection;

    private QemuProcess(Path folder, Process shell, QtestConnection connection) {
        this.folder = folder;
        this.shell = shell;
        this.connection = connection;
    }

    /**
     * Starts a machine and connects to it.
     *
     * @param firmware what the processor runs, written to a file whose name replaces {@code %FIRMWARE%} in the arguments
     * @param arguments without the program and without {@code -qtest}
     * @throws QemuUnavailableException if it does not start
     */
    public static QemuProcess start(QemuProgram program, byte[] firmware, List<String> arguments) {
        try {
            Path folder = Files.createTempDirectory("hitless-qemu");
            Path socket = folder.resolve("qtest");
            Path image = Files.write(folder.resolve("firmware"), firmware);
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                Process shell = new ProcessBuilder(commandLine(program, folder, image, socket, arguments))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                SocketChannel accepted = accept(server, shell, folder, program);
                return new QemuProcess(folder, shell, new QtestConnection(new LineChannel(accepted, ANSWER_MILLIS)));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<String> commandLine(
            QemuProgram program, Path folder, Path image, Path socket, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", GUARD, folder.toString(), program.executable()));
        arguments.forEach(argument -> command.add(argument.replace("%FIRMWARE%", image.toString())));
        command.addAll(List.of("-qtest", "unix:" + socket, "-qtest-log", "none"));
        return command;
    }

    private static SocketChannel accept(ServerSocketChannel server, Process shell, Path folder, QemuProgram program)
            throws IOException {
        server.configureBlocking(false);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            while (System.nanoTime() < deadline && shell.isAlive()) {
                selector.select(POLL_MILLIS);
                SocketChannel accepted = server.accept();
                if (accepted != null) {
                    return accepted;
                }
            }
        }
        String said = saidBy(folder);
        end(shell, folder);
        throw new QemuUnavailableException(program.executable() + " did not start: "
                + (said.isEmpty() ? "it said nothing for " + START_MILLIS + " ms" : said) + "; " + program.remedy());
    }

    private static String saidBy(Path folder) {
        try {
            return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .orElse("");
        } catch (IOException nothingSaid) {
            return "";
        }
    }

    /** The connection. */
    public QtestConnection qtest() {
        return connection;
    }

    /** Ends QEMU and waits until it is gone. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException alreadyGone) {
            // What matters is that the process ends, and that is next.
        }
        end(shell, folder);
    }

    private static void end(Process shell, Path folder) {
        try {
            shell.getOutputStream().close();
        } catch (IOException alreadyGone) {
            // A pipe without a reader: the shell has ended.
        }
        try {
            if (!shell.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
                throw new IllegalStateException(
                        "the shell that guards QEMU does not end; its process id is " + shell.pid());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        remove(folder);
    }

    private static void remove(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException leftBehind) {
            throw new UncheckedIOException("cannot remove " + folder, leftBehind);
        }
    }
}
