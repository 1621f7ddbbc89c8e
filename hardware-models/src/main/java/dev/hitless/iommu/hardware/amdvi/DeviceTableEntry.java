package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.Translation;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a device-table entry, 256 bits in four words.
 *
 * <pre>
 *      63 62 61 60     58 57 56 55  54   53   52  51                    12 11   9 8 7 6  2  1  0
 * q0 | 0 |IW|IR|GCR3TRP|  GLX |GV|GIoV|GPRP|PPR|  HostPageTableRoot       | Mode |HAD| 0  |TV|V |
 *              [14:12]
 *      63                   43 42 41  40 39 38  37  36 35 34 33 32 31             16 15         0
 * q1 |     GCR3TRP[51:31]     | 0 |SysMgt|EX|SD|Cache|IoCtl|SA|SE|I |  GCR3TRP[30:15] | DomainID  |
 *
 *      63 62  61 60  59 58      56 55           54 53 52 51              6  5 4        1  0
 * q2 | Lint  |IntCtl| 0 | passes  |GuestPagingMode| 0   |  IntTabRoot     |IG|IntTabLen |IV|
 *
 *      63       56 55      54    53                                                          0
 * q3 | SnoopAttr  |Mode0FC|AttrV|                            0                                |
 * </pre>
 */
final class DeviceTableEntry {
    private static final long Q0_RESERVED = ~0x7FFF_FFFF_FFFF_FF83L;
    private static final long Q1_RESERVED = ~0xFFFF_FBFF_FFFF_FFFFL;
    private static final long Q2_RESERVED = ~0xF7CF_FFFF_FFFF_FFFFL;
    private static final long Q3_RESERVED = ~0xFFC0_0000_0000_0000L;

    private DeviceTableEntry() {}

    static boolean valid(long q0) {
        return BitField.isSet(q0, 0);
    }

    static boolean translationValid(long q0) {
        return BitField.isSet(q0, 1);
    }

    /** Levels of host tables; 0: none. */
    static int mode(long q0) {
        return BitField.number(q0, 11, 9);
    }

    static long hostRoot(long q0) {
        return BitField.inPlace(q0, 51, 12);
    }

    static boolean acceptsPageRequests(long q0) {
        return BitField.isSet(q0, 52);
    }

    /** Requests without PASID use guest tables as PASID 0. Matters only with {@link #guestValid}. */
    static boolean guestWithoutPasid(long q0) {
        return BitField.isSet(q0, 54);
    }

    static boolean guestValid(long q0) {
        return BitField.isSet(q0, 55);
    }

    /** Level of the top GCR3 table, 0..2. */
    static int gcr3TopLevel(long q0) {
        return BitField.number(q0, 57, 56);
    }

    static long gcr3Root(long q0, long q1) {
        return BitField.of(q0, 60, 58) << 12 | BitField.of(q1, 31, 16) << 15 | BitField.of(q1, 63, 43) << 31;
    }

    /** {@link Translation#READ} and the like, as IR and IW allow. */
    static int permissions(long q0) {
        return (BitField.isSet(q0, 61) ? Translation.READ | Translation.EXECUTE : 0)
                | (BitField.isSet(q0, 62) ? Translation.WRITE : 0);
    }

    static int domainId(long q1) {
        return BitField.number(q1, 15, 0);
    }

    static boolean deviceTlbEnabled(long q1) {
        return BitField.isSet(q1, 32);
    }

    static boolean suppressesRepeatedFaults(long q1) {
        return BitField.isSet(q1, 33);
    }

    static boolean suppressesAllFaults(long q1) {
        return BitField.isSet(q1, 34);
    }

    static boolean snoopDisabled(long q1) {
        return BitField.isSet(q1, 38);
    }

    static boolean honoursExclusion(long q1) {
        return BitField.isSet(q1, 39);
    }

    /** Levels of v2 tables. Matters only with {@link #guestValid}. */
    static int guestLevels(long q2) {
        return 4 + BitField.number(q2, 55, 54);
    }

    /** Why an entry with V=1 is illegal, or null. */
    static @Nullable String complaint(
            long q0, long q1, long q2, long q3, AmdviFeatures features, boolean guestTranslationEnabled) {
        if ((q0 & Q0_RESERVED) != 0 || (q1 & Q1_RESERVED) != 0 || (q2 & Q2_RESERVED) != 0 || (q3 & Q3_RESERVED) != 0) {
            return "reserved bits set in the device-table entry";
        }
        if (BitField.of(q1, 36, 35) == 3) {
            return "reserved IoCtl in the device-table entry";
        }
        if (BitField.of(q2, 61, 60) == 3 || (BitField.isSet(q2, 0) && BitField.of(q2, 4, 1) > 11)) {
            return "reserved IntCtl or IntTabLen in the device-table entry";
        }
        if (deviceTlbEnabled(q1) && !features.ats()) {
            return "I=1 in the device-table entry without IotlbSup";
        }
        if (acceptsPageRequests(q0) && !features.pageRequests()) {
            return "PPR=1 in the device-table entry without PPRSup";
        }
        return translationValid(q0) ? translationComplaint(q0, q2, features, guestTranslationEnabled) : null;
    }

    private static @Nullable String translationComplaint(
            long q0, long q2, AmdviFeatures features, boolean guestTranslationEnabled) {
        if (BitField.of(q0, 8, 7) == 2) {
            return "reserved HAD in the device-table entry";
        }
        if (mode(q0) > features.hostLevels()) {
            return "Mode beyond the host levels that the hardware has";
        }
        if (!guestValid(q0)) {
            return null;
        }
        if (!guestTranslationEnabled) {
            return "GV=1 in the device-table entry without guest translation (Control.GTEn)";
        }
        if (guestWithoutPasid(q0) && !features.guestWithoutPasid()) {
            return "GIoV=1 in the device-table entry without GIoSup";
        }
        if (gcr3TopLevel(q0) >= features.gcr3Levels()) {
            return "GLX beyond the GCR3 levels that the hardware has";
        }
        return guestLevels(q2) > features.guestLevels()
                ? "GuestPagingMode beyond the guest levels that the hardware has"
                : null;
    }
}
