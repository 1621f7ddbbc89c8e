package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Registers by offset. A 64-bit register can be accessed whole or by halves; 32-bit registers one at a time (IHI 0070
 * 6.2). Everything else is read as 0, ignored and complained about.
 */
final class RegisterMap {
    private record Register(String name, int bits, LongSupplier reader, LongConsumer writer) {}

    private final HardwarePort port;
    private final Map<Long, Register> registers = new HashMap<>();

    RegisterMap(HardwarePort port) {
        this.port = port;
    }

    /** A register of 32 bits. */
    void add32(long offset, String name, LongSupplier reader, LongConsumer writer) {
        registers.put(offset, new Register(name, 32, reader, writer));
    }

    /** A register of 64 bits. */
    void add64(long offset, String name, LongSupplier reader, LongConsumer writer) {
        registers.put(offset, new Register(name, 64, reader, writer));
    }

    /** A register of 32 bits that software only reads. */
    void addReadOnly(long offset, String name, LongSupplier reader) {
        add32(offset, name, reader, value -> port.malformed("register " + name + " is read-only"));
    }

    /** Reads 32 or 64 bits. */
    long read(long offset, int bits) {
        Register register = registers.get(offset);
        if (register != null && register.bits() == bits) {
            return truncate(register.reader().getAsLong(), bits);
        }
        if (bits == 32 && register != null) {
            return truncate(register.reader().getAsLong(), 32);
        }
        Register below = registers.get(offset - 4);
        if (bits == 32 && below != null && below.bits() == 64) {
            return below.reader().getAsLong() >>> 32;
        }
        port.malformed(complaint("read", offset, bits));
        return 0;
    }

    /** Writes 32 or 64 bits. */
    void write(long offset, int bits, long value) {
        Register register = registers.get(offset);
        if (register != null && register.bits() == bits) {
            register.writer().accept(truncate(value, bits));
            return;
        }
        if (bits == 32 && register != null) {
            long high = register.reader().getAsLong() & -1L << 32;
            register.writer().accept(high | truncate(value, 32));
            return;
        }
        Register below = registers.get(offset - 4);
        if (bits == 32 && below != null && below.bits() == 64) {
            long low = truncate(below.reader().getAsLong(), 32);
            below.writer().accept(low | value << 32);
            return;
        }
        port.malformed(complaint("write", offset, bits));
    }

    private static String complaint(String access, long offset, int bits) {
        return bits + "-bit " + access + " at offset 0x" + Long.toHexString(offset)
                + ": no register of this width there";
    }

    private static long truncate(long value, int bits) {
        return bits == 64 ? value : value & 0xFFFF_FFFFL;
    }
}
