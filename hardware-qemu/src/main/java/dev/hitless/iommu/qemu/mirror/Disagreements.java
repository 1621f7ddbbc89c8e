package dev.hitless.iommu.qemu.mirror;

import java.util.ArrayList;
import java.util.List;

/** Where the driver read one thing from QEMU and another from the model. */
public final class Disagreements {
    private static final int MOST_KEPT = 20;

    private final List<String> kept = new ArrayList<>();
    private long count;

    void compare(String what, long offset, long qemu, long model) {
        if (qemu != model) {
            add(what, offset, qemu, model);
        }
    }

    void add(String what, long offset, long qemu, long model) {
        count++;
        if (kept.size() < MOST_KEPT) {
            kept.add(what + " 0x" + Long.toHexString(offset) + " reads 0x" + Long.toHexString(qemu) + " in QEMU and 0x"
                    + Long.toHexString(model) + " in the model");
        }
    }

    /** How often. */
    public long count() {
        return count;
    }

    /** The first ones, in words. */
    public List<String> kept() {
        return List.copyOf(kept);
    }
}
