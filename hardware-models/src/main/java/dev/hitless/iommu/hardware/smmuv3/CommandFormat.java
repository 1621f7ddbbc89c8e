package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.CommandField.AB;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.AC;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.ADDRESS;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.ASID;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.ATC_SIZE;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.CS;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.GLOBAL;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.IPA;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.LEAF;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.MSH;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.MSI_ADDRESS;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.MSI_ATTR;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.MSI_DATA;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.NUM;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.OPCODE;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.PREFETCH_SIZE;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.PRG_INDEX;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.RANGE;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.RESPONSE;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.SCALE;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.SID;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.SSID;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.SSV;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.STAG;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.TG;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.TTL;
import static dev.hitless.iommu.hardware.smmuv3.CommandField.VMID;

import org.jspecify.annotations.Nullable;

/**
 * The commands of the non-secure queue, 16 bytes each (IHI 0070 chapter 4). Bits that no operand takes are reserved.
 *
 * <pre>
 *                      63      48 47      32 31    24 22 20   16      12 11  10   9 8 7      0
 * every command        |                                                |SSec|      |opcode |   dw0
 * PREFETCH_CONFIG  01  |        SID         |         SSID           |SSV|                      dw0
 *                      |                                                          size 4:0  |   dw1
 * CFGI_STE         03  |        SID         |                                                   dw0
 *                      |                                                            Leaf 0  |   dw1
 * CFGI_STE_RANGE   04  |        SID         |                                                   dw0
 *                      |                                                         Range 4:0  |   dw1
 * CFGI_CD          05  |        SID         |         SSID           |                          dw0
 *                      |                                                            Leaf 0  |   dw1
 * CFGI_CD_ALL      06  |        SID         |                                                   dw0
 * TLBI_NH_ALL      10  |         |   VMID   |                                                   dw0
 * TLBI_NH_ASID     11  |  ASID   |   VMID   |                                                   dw0
 * TLBI_NH_VA       12  |  ASID   |   VMID   |   | SCALE 24:20 | NUM 16:12 |                     dw0
 *                      |               VA 63:12               |TG 11:10|TTL 9:8|    Leaf 0  |   dw1
 * TLBI_NH_VAA      13  as NH_VA without ASID
 * TLBI_EL2_ALL     20  |                                                                        dw0
 * TLBI_EL2_ASID    21  |  ASID   |                                                              dw0
 * TLBI_EL2_VA      22  as NH_VA without VMID
 * TLBI_EL2_VAA     23  as NH_VA without VMID and ASID
 * TLBI_S12_VMALL   28  |         |   VMID   |                                                   dw0
 * TLBI_S2_IPA      2A  |         |   VMID   |   | SCALE 24:20 | NUM 16:12 |                     dw0
 *                      |          |  IPA 51:12                |TG 11:10|TTL 9:8|    Leaf 0  |   dw1
 * TLBI_NSNH_ALL    30  |                                                                        dw0
 * ATC_INV          40  |        SID         |         SSID           |SSV|   |G |               dw0
 *                      |            address 63:12             |                   Size 5:0  |   dw1
 * PRI_RESP         41  |        SID         |         SSID           |SSV|                      dw0
 *                      |                                | Resp 13:12 |        PRGIndex 8:0  |   dw1
 * RESUME           44  |        SID         |               |Ab 13|Ac 12|                       dw0
 *                      |                                                         STAG 15:0  |   dw1
 * STALL_TERM       45  |        SID         |                                                   dw0
 * SYNC             46  |      MSIData       |MSIAttr 27:24|MSH 23:22|CS 13:12|                  dw0
 *                      |          | MSIAddress 51:2                                         |   dw1
 * </pre>
 */
enum CommandFormat {
    PREFETCH_CONFIG(0x01, Requirement.NOTHING, SSV, SSID, SID, PREFETCH_SIZE),
    CFGI_STE(0x03, Requirement.NOTHING, SID, LEAF),
    CFGI_STE_RANGE(0x04, Requirement.NOTHING, SID, RANGE),
    CFGI_CD(0x05, Requirement.STAGE1, SSID, SID, LEAF),
    CFGI_CD_ALL(0x06, Requirement.STAGE1, SID),
    TLBI_NH_ALL(0x10, Requirement.STAGE1, VMID),
    TLBI_NH_ASID(0x11, Requirement.STAGE1, VMID, ASID),
    TLBI_NH_VA(0x12, Requirement.STAGE1, NUM, SCALE, VMID, ASID, LEAF, TTL, TG, ADDRESS),
    TLBI_NH_VAA(0x13, Requirement.STAGE1, NUM, SCALE, VMID, LEAF, TTL, TG, ADDRESS),
    TLBI_EL2_ALL(0x20, Requirement.EL2),
    TLBI_EL2_ASID(0x21, Requirement.EL2, ASID),
    TLBI_EL2_VA(0x22, Requirement.EL2, NUM, SCALE, ASID, LEAF, TTL, TG, ADDRESS),
    TLBI_EL2_VAA(0x23, Requirement.EL2, NUM, SCALE, LEAF, TTL, TG, ADDRESS),
    TLBI_S12_VMALL(0x28, Requirement.STAGE2, VMID),
    TLBI_S2_IPA(0x2A, Requirement.STAGE2, NUM, SCALE, VMID, LEAF, TTL, TG, IPA),
    TLBI_NSNH_ALL(0x30, Requirement.NOTHING),
    ATC_INV(0x40, Requirement.ATS, GLOBAL, SSV, SSID, SID, ATC_SIZE, ADDRESS),
    PRI_RESP(0x41, Requirement.PRI, SSV, SSID, SID, PRG_INDEX, RESPONSE),
    RESUME(0x44, Requirement.STALLS, AC, AB, SID, STAG),
    STALL_TERM(0x45, Requirement.STALLS, SID),
    SYNC(0x46, Requirement.NOTHING, CS, MSH, MSI_ATTR, MSI_DATA, MSI_ADDRESS);

    /** What an SMMU must have to know a command. */
    private enum Requirement {
        NOTHING,
        STAGE1,
        STAGE2,
        EL2,
        ATS,
        PRI,
        STALLS;

        boolean isMetBy(Smmuv3Features features) {
            return switch (this) {
                case NOTHING -> true;
                case STAGE1 -> features.stage1();
                case STAGE2 -> features.stage2();
                case EL2 -> features.hypervisor();
                case ATS -> features.ats();
                case PRI -> features.pri();
                case STALLS -> features.stallModel() != StallModel.TERMINATE;
            };
        }
    }

    private final int opcode;
    private final Requirement requirement;
    /** Bit n set: the field of ordinal n is an operand. */
    private final int operands;

    CommandFormat(int opcode, Requirement requirement, CommandField... fields) {
        this.opcode = opcode;
        this.requirement = requirement;
        int bits = 0;
        for (CommandField field : fields) {
            bits |= 1 << field.ordinal();
        }
        this.operands = bits;
    }

    private boolean has(CommandField field) {
        return (operands >>> field.ordinal() & 1) != 0;
    }

    /** The command with this opcode, or null. */
    static @Nullable CommandFormat ofOpcode(int opcode) {
        for (CommandFormat format : values()) {
            if (format.opcode == opcode) {
                return format;
            }
        }
        return null;
    }

    /** The command for people: its name and the operands that are not 0. */
    String describe(long dw0, long dw1) {
        StringBuilder text = new StringBuilder("CMD_").append(this);
        for (CommandField field : CommandField.values()) {
            long value = has(field) ? field.masked(dw0, dw1) : 0;
            if (value != 0) {
                text.append(' ').append(field).append("=0x");
                text.append(field.isAddress() ? Long.toHexString(value) : Integer.toHexString(field.of(dw0, dw1)));
            }
        }
        return text.toString();
    }

    /** Whether a machine with {@code features} knows it. */
    boolean isSupported(Smmuv3Features features) {
        return requirement.isMetBy(features);
    }

    /** The bits of dw0 ({@code word} 0) or dw1 that may be set. */
    long allowed(int word, Smmuv3Features features) {
        long allowed = OPCODE.maskIn(word, features);
        for (CommandField field : CommandField.values()) {
            allowed |= has(field) ? field.maskIn(word, features) : 0;
        }
        return allowed;
    }
}
