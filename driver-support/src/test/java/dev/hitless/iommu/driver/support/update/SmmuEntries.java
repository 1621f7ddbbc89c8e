package dev.hitless.iommu.driver.support.update;

import java.util.Optional;

/** Stream table entries and context descriptors of SMMUv3, as far as the published cases need them. */
final class SmmuEntries {
    static final long S1DSS_BYPASS = 1;
    static final long S1DSS_SSID0 = 2;
    static final long POINTER_A = 0xF0F0_F0F0_F0C0L;
    static final long POINTER_B = 0x4B4B_4B4B_4B40L;

    private static final long V = 1;
    private static final long CONFIG = 0b1110;
    private static final long S1_WORD0 = bits(4, 51) | bits(59, 63);
    private static final long S1DSS = bits(0, 1);
    private static final long S1_WORD1 = bits(0, 7) | bits(19, 19) | bits(27, 31);
    private static final long S2_WORD1 = bits(19, 19) | bits(25, 25) | EATS() | SHCFG();
    private static final long S2_WORD2 = bits(0, 15) | bits(32, 52) | bits(54, 54) | bits(57, 58);

    private SmmuEntries() {}

    static long bits(int low, int high) {
        return (high == 63 ? -1L : (1L << (high + 1)) - 1) & -(1L << low);
    }

    private static long EATS() {
        return bits(28, 29);
    }

    private static long SHCFG() {
        return bits(44, 45);
    }

    /** STE of 64 bytes, read in units of 64 bits. */
    static final class SteLayout implements EntryLayout {
        @Override
        public String name() {
            return "STE";
        }

        @Override
        public int words() {
            return 8;
        }

        @Override
        public int quantumWords() {
            return 1;
        }

        @Override
        public EntryContent used(EntryContent ste) {
            if ((ste.word(0) & V) == 0) {
                return mask(V, 0, 0, 0);
            }
            long config = (ste.word(0) & CONFIG) >>> 1;
            long word0 = V | CONFIG;
            long word1 = 0;
            long word2 = 0;
            long word3 = 0;
            if (config == 4) {
                word1 |= SHCFG();
            }
            if (config == 5 || config == 7) {
                word0 |= S1_WORD0;
                word1 |= S1_WORD1 | ((ste.word(1) & S1DSS) == S1DSS_BYPASS ? SHCFG() : 0);
                word2 |= bits(0, 15);
            }
            if (config == 6 || config == 7) {
                word1 |= S2_WORD1;
                word2 |= S2_WORD2;
                word3 |= bits(4, 51);
            }
            return mask(word0, word1, word2, word3);
        }

        @Override
        public EntryContent harmless(EntryContent from, EntryContent to) {
            long eatsHigh = 1L << 29;
            long s2s = 1L << 57;
            boolean plainAts =
                    ((from.word(1) | to.word(1)) & eatsHigh) == 0 && ((from.word(2) | to.word(2)) & s2s) == 0;
            return mask(0, 1L << 19 | (plainAts ? 1L << 28 : 0), 0, 0);
        }

        @Override
        public boolean isLive(EntryContent ste) {
            return (ste.word(0) & V) != 0 && (ste.word(0) & 0b1000) != 0;
        }

        @Override
        public EntryContent parked(EntryContent ste) {
            return ste.withWord(0, ste.word(0) & ~V);
        }

        @Override
        public Optional<TagField> cacheTag(EntryContent ste) {
            return Optional.empty();
        }

        @Override
        public boolean snooped() {
            return true;
        }
    }

    /** CD of 64 bytes, read in units of 64 bits. */
    static final class CdLayout implements EntryLayout {
        static final long CD_V = 1L << 31;
        private static final long EPD0 = 1L << 14;

        @Override
        public String name() {
            return "CD";
        }

        @Override
        public int words() {
            return 8;
        }

        @Override
        public int quantumWords() {
            return 1;
        }

        @Override
        public EntryContent used(EntryContent cd) {
            if (!isLive(cd)) {
                return mask(CD_V, 0, 0, 0);
            }
            EntryContent all = EntryContent.of(-1, -1, -1, -1, -1, -1, -1, -1);
            if ((cd.word(0) & EPD0) == 0) {
                return all;
            }
            return all.withWord(0, ~bits(0, 13)).withWord(1, ~bits(4, 51));
        }

        @Override
        public boolean isLive(EntryContent cd) {
            return (cd.word(0) & CD_V) != 0;
        }

        @Override
        public EntryContent parked(EntryContent cd) {
            return cd.withWord(0, cd.word(0) & ~CD_V);
        }

        @Override
        public Optional<TagField> cacheTag(EntryContent cd) {
            return isLive(cd) ? Optional.of(new TagField(0, 48, 16)) : Optional.empty();
        }

        @Override
        public boolean snooped() {
            return true;
        }
    }

    private static EntryContent mask(long word0, long word1, long word2, long word3) {
        return EntryContent.of(word0, word1, word2, word3, 0, 0, 0, 0);
    }

    static EntryContent abort() {
        return mask(V, 0, 0, 0);
    }

    static EntryContent bypass() {
        return mask(V | 4 << 1, 1L << 44, 0, 0);
    }

    static EntryContent cdTable(long s1dss, long pointer) {
        return cdTable(s1dss, pointer, true, false);
    }

    static EntryContent cdTable(long s1dss, long pointer, boolean ats, boolean stall) {
        long word0 = V | 5 << 1 | 2 << 4 | pointer | bits(59, 63);
        long word1 = s1dss | 1 << 2 | 1 << 4 | 3 << 6;
        word1 |= stall ? 0 : 1L << 27;
        word1 |= ats ? 1L << 28 : 0;
        word1 |= s1dss == S1DSS_BYPASS ? 1L << 44 : 0;
        return mask(word0, word1, 0, 0);
    }

    static EntryContent stage2(boolean ats, boolean stall, int vmid) {
        long word1 = 1L << 44 | (ats ? 1L << 28 : 0);
        long word2 = vmid | 0x3_5A5AL << 32 | 1L << 51 | 1L << 54 | (stall ? 1L << 57 : 0) | 1L << 58;
        return mask(V | 6 << 1, word1, word2, 0xABC_DEF0_1230L);
    }

    /** Stage 1 bypassed by S1DSS on top of {@link #stage2}. */
    static EntryContent nestedBypass() {
        EntryContent stage1 = cdTable(S1DSS_BYPASS, POINTER_A);
        EntryContent stage2 = stage2(true, false, 0);
        EntryContent both = stage1.or(stage2);
        return both.withWord(1, both.word(1) | 1L << 19);
    }

    static EntryContent stage1Cd(int asid, long table) {
        long word0 = 0x1234 & ~(1L << 14) | CdLayout.CD_V | 1L << 30 | 1L << 41 | 1L << 45 | 1L << 46 | 1L << 47;
        return EntryContent.of(word0 | (long) asid << 48, table, 0, 0x0044_00FF_0044_00FFL, 0, 0, 0, 0);
    }

    static EntryContent svaCd(int asid) {
        return stage1Cd(asid, 0x7_7777_0000L);
    }

    /** The process is gone: EPD0 set, nothing recorded. */
    static EntryContent svaReleasedCd(int asid) {
        EntryContent live = svaCd(asid);
        long word0 = live.word(0) & ~bits(0, 13) & ~(1L << 45) | 1L << 14;
        return live.withWord(0, word0).withWord(1, 0);
    }
}
