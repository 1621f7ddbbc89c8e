package dev.hitless.iommu.hardware.amdvi;

/** A device-table entry in the making, written down from the specification's table once more. */
final class Dte {
    long q0;
    long q1;
    long q2;
    long q3;

    /** V=1 and TV=1, reads and writes allowed. */
    static Dte translating(int domainId) {
        Dte dte = new Dte();
        dte.q0 = 0x6000_0000_0000_0003L;
        dte.q1 = domainId;
        return dte;
    }

    /** V=1, TV=0. */
    static Dte blocked() {
        Dte dte = new Dte();
        dte.q0 = 1;
        return dte;
    }

    Dte host(int mode, long root) {
        q0 |= (long) mode << 9 | root;
        return this;
    }

    Dte guest(int glx, long gcr3Root) {
        q0 |= 1L << 55 | (long) glx << 56 | (gcr3Root >>> 12 & 7) << 58;
        q1 |= (gcr3Root >>> 15 & 0xFFFF) << 16 | (gcr3Root >>> 31) << 43;
        return this;
    }

    /** GIoV. */
    Dte guestWithoutPasid() {
        q0 |= 1L << 54;
        return this;
    }

    /** GuestPagingMode = 1. */
    Dte fiveGuestLevels() {
        q2 |= 1L << 54;
        return this;
    }

    Dte pageRequests() {
        q0 |= 1L << 52;
        return this;
    }

    /** I. */
    Dte deviceTlb() {
        q1 |= 1L << 32;
        return this;
    }

    Dte snoopDisabled() {
        q1 |= 1L << 38;
        return this;
    }

    Dte withoutWrite() {
        q0 &= ~(1L << 62);
        return this;
    }

    Dte withoutRead() {
        q0 &= ~(1L << 61);
        return this;
    }

    /** Flips bit {@code number} of the 256. */
    Dte flip(int number) {
        long bit = 1L << number % 64;
        switch (number / 64) {
            case 0 -> q0 ^= bit;
            case 1 -> q1 ^= bit;
            case 2 -> q2 ^= bit;
            default -> q3 ^= bit;
        }
        return this;
    }
}
