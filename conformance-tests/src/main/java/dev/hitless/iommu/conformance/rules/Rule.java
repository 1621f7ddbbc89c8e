package dev.hitless.iommu.conformance.rules;

import java.util.Arrays;
import java.util.Optional;

/** The rules. What each asks, how binding it is, and where it comes from. */
public enum Rule {
    CORE_01(
            RuleLevel.REQUIRED,
            "replace makes one setDevPasid call for each device with PASIDs, with the old domain; it never removes first",
            "Linux IOMMU list, January and March 2024: removing first is not replace"),
    CORE_02(
            RuleLevel.REQUIRED,
            "the order of checks and the errno of attach, replace and detach match the contract table, case by case",
            "core contract 2.1, 2.2, 2.3, 2.6"),
    CORE_03(
            RuleLevel.REQUIRED,
            "the old handle stays visible until every device has switched, the new one from then on; a reserved slot reads"
                    + " as empty",
            "core contract 3; Linux 5e9f822c9c68"),
    CORE_04(
            RuleLevel.REQUIRED,
            "a device that fails half-way is not called again, later ones never, earlier ones go back to old (replace) or"
                    + " blocked (attach); the caller sees the driver's error",
            "core contract 4; Linux IOMMU list, April 2024: failure means no change"),
    CORE_05(
            RuleLevel.REQUIRED,
            "a roll-back that fails blocks that device's PASID and warns; nothing keeps pointing at the failed domain",
            "core contract 4"),
    CORE_06(
            RuleLevel.REQUIRED,
            "devices without PASIDs in a group are neither checked nor called; a group of only such devices refuses",
            "core contract 2.1; Linux b3f6fcd8404f"),
    CORE_07(
            RuleLevel.REQUIRED,
            "replacing by the same domain changes the handle and calls no driver; the same handle again is refused and"
                    + " changes nothing",
            "core contract 2.2; Linux ada14b9f1aab"),
    CORE_08(
            RuleLevel.REQUIRED,
            "PASID 0, a PASID out of range, a foreign domain, a missing handle, an unattached PASID: refused before anything"
                    + " changed",
            "core contract 2.1, 2.2"),
    CORE_09(
            RuleLevel.REQUIRED,
            "page requests across a replace are delivered to exactly one handle, and answered exactly once",
            "core contract 8"),
    CORE_10(
            RuleLevel.REQUIRED,
            "while a device recovers, attach and replace answer EBUSY and detach works; afterwards what is attached comes"
                    + " back, requests without PASID first",
            "core contract 7; Linux c279e83953d9, 5474e6e17a26"),
    CORE_11(
            RuleLevel.REQUIRED,
            "operations that overlap, every interleaving up to the bound: they end as they would one after the other, the"
                    + " record equal to what DMA meets; no lock inversion, none left held",
            "core contract 3: the group's mutex, and the locks outside and inside it"),
    DRV_01(
            RuleLevel.REQUIRED,
            "after success DMA on the PASID is translated by the new domain, at every probed address",
            "Linux iommu_ops: set_dev_pasid installs the new translation; core contract, duties of the driver"),
    DRV_02(
            RuleLevel.REQUIRED,
            "never torn: at no instant does DMA see anything but old, new, or (where allowed) blocked",
            "VT-d: 128-bit fetches of a 512-bit entry, CVE-2026-45945; SMMUv3 3.21.3; AMD-Vi 2.2.2.2"),
    DRV_03(
            RuleLevel.IF_CAPABLE,
            "hitless: where the driver promises it, at no instant is DMA blocked",
            "Linux IOMMU list, March 2024: set is replace; the driver decides whether it can be atomic"),
    DRV_04(
            RuleLevel.REQUIRED,
            "after return nothing of the old domain is left in any configuration, translation or device cache",
            "VT-d 6.5.3.3 guidance table; SMMUv3 4.3.3; AMD-Vi: X442"),
    DRV_05(
            RuleLevel.REQUIRED,
            "isolation: other PASIDs of the device, other devices and requests without PASID are unchanged at every instant",
            "observation model, isolation"),
    DRV_06(
            RuleLevel.REQUIRED,
            "clean tags: no translation of one domain is ever cached under another domain's tag; freed tags are clean",
            "Linux IOMMU list, January 2026: IOTLB tags hold the domain id, not the table root"),
    DRV_07(
            RuleLevel.REQUIRED,
            "no use after free: no memory that hardware can still reach is freed",
            "VT-d 6.5.3.3 step 3; SMMUv3 CMD_SYNC guarantees"),
    DRV_08(
            RuleLevel.REQUIRED,
            "failure is invisible: for every n, with the n-th fallible call failing, an exception leaves the old domain in"
                    + " force (or the PASID fenced, and said to be), tracking and memory as before",
            "contract: IommuDomain.setDevPasid; Linux IOMMU list, April 2024: failure means no change; core contract 4"),
    DRV_09(
            RuleLevel.REQUIRED,
            "removal ends in blocked, never in untranslated pass-through, and nothing ever passes through it",
            "AMD-Vi 2.2.2 Table 8: V=0 forwards DMA untranslated"),
    DRV_10(
            RuleLevel.REQUIRED,
            "tracking: the driver knows its attachments; attach, replace and remove in any order leave them right; release"
                    + " with any left warns",
            "Linux IOMMU list, March 2024: the driver's own record per device and PASID"),
    DRV_11(
            RuleLevel.REQUIRED,
            "stores are ordered: under the weak profile nothing is published before what it points to",
            "observation model, visibility"),
    DRV_12(
            RuleLevel.IF_CAPABLE,
            "where the IOMMU does not snoop, cache lines are cleaned before hardware is told",
            "VT-d ECAP.C and ECAP.SMPWC; Linux 22d169bdd284"),
    DRV_13(
            RuleLevel.REQUIRED,
            "every invalidation is waited for; a wait that times out is an error, not a success",
            "VT-d invalidation wait; SMMUv3 CMD_SYNC; AMD-Vi COMPLETION_WAIT"),
    DRV_14(
            RuleLevel.REQUIRED,
            "commands are well formed: reserved bits zero, right granularity, queue never overrun, wrap handled",
            "VT-d IQE; SMMUv3 CERROR_ILL; AMD-Vi ILLEGAL_COMMAND_ERROR"),
    DRV_15(
            RuleLevel.REQUIRED,
            "table entries are well formed: reserved bits zero, fields within the capabilities reported",
            "VT-d fault codes 0x52, 0x5A, 0x5B; SMMUv3 C_BAD_STE, C_BAD_CD; AMD-Vi ILLEGAL_DEV_TABLE_ENTRY"),
    DRV_16(
            RuleLevel.REQUIRED,
            "the IOTLB before the device TLB, for every invalidation that needs both",
            "VT-d 6.5.2.5; SMMUv3 4.5.1; AMD-Vi flush order"),
    DRV_17(
            RuleLevel.IF_CAPABLE,
            "where hardware caches not-present entries, they are invalidated when they become present",
            "VT-d CAP.CM, 6.1; AMD-Vi NpCache; SMMUv3 3.21.3"),
    DRV_18(
            RuleLevel.IF_CAPABLE,
            "nothing is sent to a device that is gone or has ATS off",
            "Linux 10e60d878139, 42662d19839f: an ATS invalidation to an unreachable device waits for ever"),
    DRV_19(
            RuleLevel.IF_CAPABLE,
            "page requests of the PASID are drained before its domain may be freed: none is handed over later, none is lost",
            "VT-d 7.10; Linux cf08ca81d08a, f0b9d31c6edd (CVE-2025-38594); core contract 8"),
    DRV_20(
            RuleLevel.REQUIRED,
            "capability gating: what hardware lacks is refused with the right errno before anything changed",
            "core contract, checks before changes"),
    DRV_21(
            RuleLevel.REQUIRED,
            "map / unmap in the old or new domain during a replace: after unmap returns no DMA reaches the pages, whichever"
                    + " domain it was",
            "core contract 5: bookkeeping of old and new domain; DMA API: unmapped pages may be reused at once"),
    DRV_22(
            RuleLevel.REQUIRED,
            "two PASIDs replaced at once, every interleaving up to the bound: DRV-01 to -07 for both; no lock inversion, none"
                    + " left held",
            "core contract 3: only operations of one group are serialised by the core; Linux 9e249c484128"),
    DRV_23(
            RuleLevel.REQUIRED,
            "requests without PASID and PASIDs live together: changing one leaves the other",
            "core contract 7: changing the RID domain does not touch PASID entries"),
    DRV_24(
            RuleLevel.REQUIRED,
            "memory: after release nothing is left allocated; 10,000 replacements do not grow it",
            "duties of the driver"),
    DRV_25(
            RuleLevel.ADVICE,
            "cost: stores, commands and waits per replacement, against the least that any legal plan needs",
            "replacement matrix"),
    DRV_26(
            RuleLevel.REQUIRED,
            "the promise is honest: replaceGuarantee equals what was observed, in both directions",
            "contract: IommuDriver.replaceGuarantee");

    private final RuleLevel level;
    private final String sentence;
    private final String source;

    Rule(RuleLevel level, String sentence, String source) {
        this.level = level;
        this.sentence = sentence;
        this.source = source;
    }

    /** For example {@code DRV-02}. */
    public String id() {
        return name().replace('_', '-');
    }

    /** How binding. */
    public RuleLevel level() {
        return level;
    }

    /** What it asks, in one sentence. */
    public String sentence() {
        return sentence;
    }

    /** Where it comes from. */
    public String source() {
        return source;
    }

    /** The rule called {@code id}, in any case. */
    public static Optional<Rule> byId(String id) {
        return Arrays.stream(values())
                .filter(rule -> rule.id().equalsIgnoreCase(id))
                .findFirst();
    }

    @Override
    public String toString() {
        return id();
    }
}
