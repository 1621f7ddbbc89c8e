package dev.hitless.iommu.qemu.board;

import java.util.Arrays;

/**
 * Programs that stop the processor for good. Ordinary firmware would give PCI devices addresses of its own, and a processor
 * without any runs through one exception after another.
 */
final class Firmware {
    private static final int X86_BYTES = 1 << 16;
    private static final int X86_RESET = X86_BYTES - 16;
    private static final byte X86_CLI = (byte) 0xFA;
    private static final byte X86_HLT = (byte) 0xF4;
    private static final byte X86_JUMP = (byte) 0xEB;
    private static final byte X86_BACK_TO_HLT = (byte) 0xFD;

    private static final int ARM_BYTES = 64;
    /** {@code wfi}, then a branch to it, little endian. */
    private static final byte[] ARM_LOOP = {0x7F, 0x20, 0x03, (byte) 0xD5, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x17};

    private Firmware() {}

    /** 64 KiB that end at 4 GiB; the processor starts 16 bytes before their end: {@code cli; hlt; jump back}. */
    static byte[] x86() {
        byte[] image = new byte[X86_BYTES];
        Arrays.fill(image, X86_HLT);
        image[X86_RESET] = X86_CLI;
        image[X86_RESET + 1] = X86_HLT;
        image[X86_RESET + 2] = X86_JUMP;
        image[X86_RESET + 3] = X86_BACK_TO_HLT;
        return image;
    }

    /** Starts at its first byte: wait for an interrupt, again and again. */
    static byte[] arm() {
        return Arrays.copyOf(ARM_LOOP, ARM_BYTES);
    }
}
