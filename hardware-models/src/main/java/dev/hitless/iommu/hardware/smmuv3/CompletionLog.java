package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Which invalidations completed CMD_SYNCs cover, until the driver has seen it: by reading CMDQ_CONS, which is past the
 * CMD_SYNC by then, or by loading what the CMD_SYNC's message wrote.
 */
final class CompletionLog {
    /**
     * A completed CMD_SYNC.
     *
     * @param commands numbers of the invalidations that it is the first to cover
     * @param messageAddress aligned to 4; 0: no message
     */
    private record Completion(List<Integer> commands, long messageAddress, int messageData) {}

    private final HardwarePort port;
    private final Deque<Completion> unseen = new ArrayDeque<>();
    private int unseenMessages;

    CompletionLog(HardwarePort port) {
        this.port = port;
    }

    /** A CMD_SYNC completed. It completed after all earlier ones. */
    void completed(List<Integer> commands, long messageAddress, int messageData) {
        unseen.addLast(new Completion(new ArrayList<>(commands), messageAddress, messageData));
        unseenMessages += messageAddress == 0 ? 0 : 1;
    }

    /** The driver reads CMDQ_CONS. */
    void consumerRead() {
        while (!unseen.isEmpty()) {
            seeFirst();
        }
    }

    /** The driver loaded the 64-bit word at {@code address}. */
    void loaded(long address, long value) {
        if (unseenMessages == 0) {
            return;
        }
        int reached = 0;
        int position = 0;
        for (Completion completion : unseen) {
            position++;
            if (shows(completion, address, value)) {
                reached = position;
            }
        }
        for (int i = 0; i < reached; i++) {
            seeFirst();
        }
    }

    private static boolean shows(Completion completion, long address, long value) {
        long messageAddress = completion.messageAddress();
        if (messageAddress == 0 || (messageAddress & -Long.BYTES) != address) {
            return false;
        }
        int half = (int) ((messageAddress & Integer.BYTES) == 0 ? value : value >>> Integer.SIZE);
        return half == completion.messageData();
    }

    private void seeFirst() {
        Completion completion = unseen.removeFirst();
        unseenMessages -= completion.messageAddress() == 0 ? 0 : 1;
        completion.commands().forEach(port::observed);
    }
}
