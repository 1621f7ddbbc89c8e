package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.qemu.board.EduDevice;
import dev.hitless.iommu.qemu.qtest.QtestConnection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * DMA of one device during one operation, and where it got to.
 *
 * <p>A read gets what lies at its page's first bytes: the page's own physical address. It goes to a place of its own in the
 * device's buffer, and the buffer is looked at once, afterwards. A write puts a mark at a place of its own in the page, and
 * afterwards the mark is looked for in all pages that the address could lead to.
 *
 * <pre>
 *  page    0x000    its physical address | 1        buffer  0x000..  results of reads, 4 bytes each
 *          0x100..  marks, 4 bytes each                     at last  the mark
 * </pre>
 */
final class DmaProbe {
    private static final int WORD = 4;
    private static final int FIRST_MARK = 0x100;
    private static final int MARK = 0x5717_7E57;
    private static final int MARK_OFFSET = EduDevice.BUFFER_BYTES - WORD;
    private static final int MOST_WRITES = ((int) TestPages.PAGE - FIRST_MARK) / WORD;
    private static final int MOST_READS = MARK_OFFSET / WORD - 1;

    private final QtestConnection qtest;
    private final QemuDevice device;
    private final Candidates candidates;
    private final Set<Long> prepared = new LinkedHashSet<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Seen> drained = new ArrayList<>();
    private int reads;
    private int writes;

    /** Pages that a request could possibly reach. */
    @FunctionalInterface
    interface Candidates {
        Set<Long> outputs(long iova);
    }

    private record Pending(int instant, long iova, boolean write, int place) {}

    DmaProbe(QtestConnection qtest, QemuDevice device, Candidates candidates) {
        this.qtest = qtest;
        this.device = device;
        this.candidates = candidates;
    }

    /** Loads the mark. The device must be able to read the read-out page. */
    void loadMark() {
        qtest.write32(TestPages.READ_OUT, MARK);
        device.edu().load(TestPages.READ_OUT, MARK_OFFSET, WORD);
    }

    /** One DMA at the first bytes of a page (read), or further on in it (write). */
    void dma(int instant, long page, boolean write) {
        if (reads == MOST_READS || writes == MOST_WRITES) {
            drain();
        }
        prepare(page);
        if (write) {
            int place = FIRST_MARK + WORD * writes++;
            device.edu().store(MARK_OFFSET, page + place, WORD);
            pending.add(new Pending(instant, page, true, place));
        } else {
            int place = WORD * reads++;
            device.edu().load(page, place, WORD);
            pending.add(new Pending(instant, page, false, place));
        }
    }

    private void prepare(long page) {
        if (!prepared.add(page)) {
            return;
        }
        for (long output : candidates.outputs(page)) {
            qtest.fill(output, TestPages.PAGE, 0);
            qtest.write32(output, name(output));
        }
    }

    private static int name(long output) {
        return (int) output | 1;
    }

    /** Everything that was met so far, in order. The device must be able to write the read-out page. */
    List<Seen> results() {
        drain();
        return List.copyOf(drained);
    }

    private void drain() {
        qtest.fill(TestPages.READ_OUT, TestPages.PAGE, 0);
        device.edu().store(0, TestPages.READ_OUT, EduDevice.BUFFER_BYTES);
        long[] buffer = qtest.readWords(TestPages.READ_OUT, EduDevice.BUFFER_BYTES / Long.BYTES);
        if (word(buffer, MARK_OFFSET) != MARK) {
            throw new IllegalStateException(
                    "the buffer of " + device + " cannot be read out: its DMA does not get to the" + " read-out page");
        }
        for (Pending one : pending) {
            OptionalLong reached = one.write ? find(one) : named(word(buffer, one.place));
            drained.add(new Seen(one.instant, device, one.iova, one.write, reached));
        }
        pending.clear();
        prepared.clear();
        reads = 0;
        writes = 0;
    }

    private OptionalLong find(Pending write) {
        for (long output : candidates.outputs(write.iova)) {
            if (qtest.read32(output + write.place) == MARK) {
                return OptionalLong.of(output);
            }
        }
        return OptionalLong.empty();
    }

    /** Zero is what a refused DMA leaves. */
    private static OptionalLong named(int found) {
        return found == 0 ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(found) & ~1L);
    }

    private static int word(long[] buffer, int offset) {
        return (int) (buffer[offset / Long.BYTES] >>> ((offset % Long.BYTES) * 8));
    }
}
