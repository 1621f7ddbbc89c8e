package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns 16 bytes into a {@link Command}. */
final class CommandDecoder {
    private static final int SSEC_BIT = 10;
    private static final int SIGNAL_INTERRUPT = 1;
    private static final int SIGNAL_RESERVED = 3;
    private static final int RANGE_ALL = 31;
    private static final int STREAM_ID_BITS = 32;
    private static final int ATC_SIZE_ALL = 52;
    private static final int RESPONSE_RESERVED = 3;

    private final Smmuv3Features features;

    CommandDecoder(Smmuv3Features features) {
        this.features = features;
    }

    Command decode(long dw0, long dw1) {
        CommandFormat format = CommandFormat.ofOpcode(CommandField.OPCODE.of(dw0, dw1));
        if (format == null) {
            return new Command.Illegal(String.format(Locale.ROOT, "command 0x%02x does not exist", dw0 & 0xFF));
        }
        String illegal = illegal(format, dw0, dw1);
        return illegal == null ? decode(format, dw0, dw1) : new Command.Illegal("CMD_" + format + ": " + illegal);
    }

    private @Nullable String illegal(CommandFormat format, long dw0, long dw1) {
        if (!format.isSupported(features)) {
            return "not supported by this SMMU";
        }
        if (Bits.isSet(dw0, SSEC_BIT)) {
            return "SSec is 1 on the non-secure queue";
        }
        long reserved0 = dw0 & ~format.allowed(0, features);
        long reserved1 = dw1 & ~format.allowed(1, features);
        if ((reserved0 | reserved1) != 0) {
            return String.format(Locale.ROOT, "reserved bits are set: dw0 0x%x, dw1 0x%x", reserved0, reserved1);
        }
        return illegalOperands(format, dw0, dw1);
    }

    private @Nullable String illegalOperands(CommandFormat format, long dw0, long dw1) {
        return switch (format) {
            case SYNC -> CommandField.CS.of(dw0, dw1) == SIGNAL_RESERVED ? "CS is 3" : null;
            case PRI_RESP -> CommandField.RESPONSE.of(dw0, dw1) == RESPONSE_RESERVED ? "Resp is 3" : null;
            case ATC_INV -> CommandField.ATC_SIZE.of(dw0, dw1) > ATC_SIZE_ALL ? "Size exceeds 52" : null;
            case TLBI_NH_VA, TLBI_NH_VAA, TLBI_EL2_VA, TLBI_EL2_VAA, TLBI_S2_IPA -> TlbiOperands.illegal(dw0, dw1);
            default -> null;
        };
    }

    private Command decode(CommandFormat format, long dw0, long dw1) {
        String text = format.describe(dw0, dw1);
        return switch (format) {
            case PREFETCH_CONFIG, RESUME, STALL_TERM -> new Command.Accepted(text);
            case SYNC -> sync(text, dw0, dw1);
            case PRI_RESP ->
                new Command.PageResponse(
                        text,
                        CommandField.SID.of(dw0, dw1),
                        CommandField.SSV.of(dw0, dw1) == 1 ? CommandField.SSID.of(dw0, dw1) : -1,
                        CommandField.PRG_INDEX.of(dw0, dw1),
                        CommandField.RESPONSE.of(dw0, dw1));
            default -> new Command.Invalidate(invalidation(format, text, dw0, dw1));
        };
    }

    private static Command.Sync sync(String text, long dw0, long dw1) {
        boolean message = CommandField.CS.of(dw0, dw1) == SIGNAL_INTERRUPT;
        return new Command.Sync(
                text, message ? CommandField.MSI_ADDRESS.masked(dw0, dw1) : 0, CommandField.MSI_DATA.of(dw0, dw1));
    }

    private static Invalidation invalidation(CommandFormat format, String text, long dw0, long dw1) {
        int vmid = CommandField.VMID.of(dw0, dw1);
        int asid = CommandField.ASID.of(dw0, dw1);
        int any = TlbInvalidation.ANY;
        int el1 = 1 << TlbTag.EL1;
        int el2 = 1 << TlbTag.EL2 | 1 << TlbTag.EL2_E2H;
        int stage2 = 1 << TlbTag.STAGE2;
        return switch (format) {
            case CFGI_STE, CFGI_STE_RANGE, CFGI_CD, CFGI_CD_ALL -> configuration(format, text, dw0, dw1);
            case ATC_INV -> device(text, dw0, dw1);
            case TLBI_NH_ALL -> TlbInvalidation.everywhere(text, el1, vmid, any);
            case TLBI_NH_ASID -> TlbInvalidation.everywhere(text, el1, vmid, asid);
            case TLBI_NH_VA -> TlbiOperands.byAddress(text, el1, vmid, asid, dw0, dw1);
            case TLBI_NH_VAA -> TlbiOperands.byAddress(text, el1, vmid, any, dw0, dw1);
            case TLBI_EL2_ALL -> TlbInvalidation.everywhere(text, el2, any, any);
            case TLBI_EL2_ASID -> TlbInvalidation.everywhere(text, el2, any, asid);
            case TLBI_EL2_VA -> TlbiOperands.byAddress(text, el2, any, asid, dw0, dw1);
            case TLBI_EL2_VAA -> TlbiOperands.byAddress(text, el2, any, any, dw0, dw1);
            case TLBI_S12_VMALL -> TlbInvalidation.everywhere(text, el1 | stage2, vmid, any);
            case TLBI_S2_IPA -> TlbiOperands.byAddress(text, stage2, vmid, any, dw0, dw1);
            case TLBI_NSNH_ALL -> TlbInvalidation.everywhere(text, el1 | stage2, any, any);
            case PREFETCH_CONFIG, PRI_RESP, RESUME, STALL_TERM, SYNC ->
                throw new IllegalArgumentException(format + " invalidates nothing");
        };
    }

    private static Invalidation configuration(CommandFormat format, String text, long dw0, long dw1) {
        int streamId = CommandField.SID.of(dw0, dw1);
        boolean leaf = CommandField.LEAF.of(dw0, dw1) == 1;
        return switch (format) {
            case CFGI_STE -> new StreamInvalidation(text, streamId, 0, leaf);
            case CFGI_STE_RANGE -> {
                int range = CommandField.RANGE.of(dw0, dw1);
                yield new StreamInvalidation(text, streamId, range == RANGE_ALL ? STREAM_ID_BITS : range + 1, false);
            }
            case CFGI_CD -> new ContextInvalidation(text, streamId, CommandField.SSID.of(dw0, dw1), leaf);
            default -> new ContextInvalidation(text, streamId, ContextInvalidation.EVERY_SUBSTREAM, false);
        };
    }

    private static Invalidation device(String text, long dw0, long dw1) {
        int pasid = DeviceInvalidation.NO_PREFIX;
        if (CommandField.SSV.of(dw0, dw1) == 1) {
            boolean global = CommandField.GLOBAL.of(dw0, dw1) == 1;
            pasid = global ? DeviceInvalidation.EVERY_PASID : CommandField.SSID.of(dw0, dw1);
        }
        int size = CommandField.ATC_SIZE.of(dw0, dw1);
        AddressRange addresses = AddressRange.ALL;
        if (size < ATC_SIZE_ALL) {
            long bytes = 1L << (12 + size);
            addresses = AddressRange.of(CommandField.ADDRESS.masked(dw0, dw1) & -bytes, bytes);
        }
        return new DeviceInvalidation(text, CommandField.SID.of(dw0, dw1), pasid, addresses);
    }
}
