/**
 * An independent model of AMD-Vi (AMD I/O Virtualization Technology, specification 48882, as of revision 3.05 and the
 * mailing-list account of the 256-bit device-table fetch of 2024). Enter at {@link
 * dev.hitless.iommu.hardware.amdvi.AmdviHardwareModelProvider}; the walk is in {@code AmdviWalker}, the commands in
 * {@code CommandDecoder} and {@code CommandBuffer}, what they drop in the {@code ...Invalidation} records.
 *
 * <h2>Registers</h2>
 *
 * Offsets below 0x4000 are the MMIO window of the specification. The IOMMU's PCI capability is not MMIO, and a driver has
 * nothing but a register bank, so the capability is readable (32-bit dwords, read only) above the window:
 *
 * <pre>
 * 0x10000  capability header   24 IotlbSup, 26 NpCache, 27 EFRSup, 28 CapExt
 * 0x10004  base address low    0 Enable, 31:14
 * 0x10008  base address high
 * 0x1000c  range               7 RngValid, 15:8 bus, 23:16 first, 31:24 last
 * 0x10010  miscellaneous       7:5 GVAsize, 14:8 PAsize, 21:15 VAsize
 * </pre>
 *
 * <h2>Guest fields</h2>
 *
 * A guest programs its own device-table entry; {@link dev.hitless.iommu.hardware.GuestContext#fields} names the fields of
 * it that a host copies: {@code GIoV} (0, 1), {@code GLX} (0..2), {@code GuestPagingMode} (0: 4 levels, 1: 5 levels),
 * {@code gDomID} (the guest's DomainID, 16 bits). The guest root is the GCR3TRP, a guest-physical address.
 *
 * <h2>Decisions where the specification or the reference leaves room</h2>
 *
 * <ul>
 *   <li>A device-table entry is one 256-bit read (the designers' word, 2024). No register tells. Spec 2.2.2.2, which has
 *       software change all translation fields by one 128-bit store without further steps, promises 128 bits, in effect. Option
 *       {@code dte-fetch-bits} has these readings, and 64 bits.
 *   <li>Every legal entry with V=0, or with V=1 and TV=0, may sit in the DTE cache, as any other.
 *   <li>GV=1 with Control.GTEn=0, and a field beyond the capabilities, make an entry illegal. Illegal entries are not cached.
 *   <li>A request with PASID is aborted where GV=0. PASID 0, carried explicitly, selects the first GCR3 entry whatever GIoV
 *       is. Neither could be read in the specification.
 *   <li>Finished translations hold the IR and IW of the entry they were made with; a hit is restricted further by the IR
 *       and IW of the entry that hit. Untranslated access (Mode=0) leaves 4 KiB lines under the DomainID as well.
 *   <li>INVALIDATE_IOMMU_PAGES with GN=0 drops host lines in range and all nested lines of the DomainID, but not the GN=1
 *       lines of a domain without host tables. Of the copies of GCR3 entries the command drops one, with GN=1, PDE=1 and the
 *       whole address space; all go with INVALIDATE_IOMMU_ALL.
 *   <li>Host pages on which guest structures were read leave host lines under the DomainID, beside the nested line.
 *   <li>Tables are never written: HASup and HDSup are announced, HAD and Control.HADUpdate are checked, but A and D stay as
 *       software left them. U (untranslated accesses only) of a host leaf is an attribute of the translation, not a fault.
 *   <li>Interrupts are not remapped: word 2 is checked and its interrupt fields are not used.
 *   <li>Only COMPLETION_WAIT proves completion; a head pointer that moved proves nothing.
 *   <li>Snooping: Control.Coherent for the device table, DTE.SD (snoop disable) for everything behind an entry.
 *   <li>A device's own lines are dropped by GN=0 whatever their PASID: an ATS invalidate request without PASID concerns
 *       all of them (PCI Express; SMMUv3 drivers in Linux rely on it too). GN=1 drops those of one PASID; with PASID 0 also
 *       those of requests without PASID, which is how Linux addresses them for guest tables used without PASID.
 * </ul>
 */
@NullMarked
package dev.hitless.iommu.hardware.amdvi;

import org.jspecify.annotations.NullMarked;
