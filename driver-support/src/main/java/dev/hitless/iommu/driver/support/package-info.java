/**
 * What every driver would otherwise write again. It knows no vendor: a driver brings its entries, tags, tables and commands.
 *
 * <p>Who writes a fourth driver needs, in this order:
 *
 * <table>
 *   <caption>The parts of a driver</caption>
 *   <tr><th>part</th><th>what is here</th><th>what the driver brings</th></tr>
 *   <tr><td>commands</td><td>{@code queue}: a ring, completion, rejected commands</td>
 *       <td>the registers ({@code QueuePort}), the commands, what is invalidated by which</td></tr>
 *   <tr><td>page tables</td><td>{@code pagetable}: map, unmap, look up; {@code unit.PagingFormats}</td>
 *       <td>the bits ({@code PageTableFormat})</td></tr>
 *   <tr><td>entries</td><td>{@code update}: plans that hardware may watch, leaf swaps; {@code memory}</td>
 *       <td>the layout ({@code EntryLayout}), where entries lie ({@code EntryPlace}), what is cached of them ({@code
 *       EntryInvalidator})</td></tr>
 *   <tr><td>domains</td><td>{@code domain}: life, users, nesting; {@code id}: their numbers</td>
 *       <td>an interface on {@code AttachableDomain}: the entry and the tag of a domain; classes that implement it</td></tr>
 *   <tr><td>devices</td><td>{@code device}: probe, release, PASID, ATS and PRI; {@code track}: what is attached</td>
 *       <td>what hardware keeps for a device ({@code ProbedDevice}, {@code DeviceSetup})</td></tr>
 *   <tr><td>replacement</td><td>{@code replace}: the order, and what follows a failure</td>
 *       <td>which entries change ({@code DomainSwitch}), what fits where ({@code DomainReplacement})</td></tr>
 *   <tr><td>events</td><td>{@code event}: page requests until they are answered</td>
 *       <td>the ring and the answer ({@code PageRequestPort}), faults</td></tr>
 *   <tr><td>the rest</td><td>{@code unit}: lock names, taking back a bring-up; {@code skeleton}: the outermost class</td>
 *       <td>the bring-up, the capabilities ({@code UnitDriver})</td></tr>
 * </table>
 *
 * <p>{@code DomainReplacementTest} of this module has the smallest driver that can be made of these parts.
 */
@NullMarked
package dev.hitless.iommu.driver.support;

import org.jspecify.annotations.NullMarked;
