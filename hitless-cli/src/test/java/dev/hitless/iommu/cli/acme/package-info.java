/**
 * An IOMMU that is as small as can be, and two drivers for it: one that replaces by one store, and one that copies an entry
 * of two words over a live one. An entry is found by PASID in a table that a register points to:
 *
 * <pre>
 * word 0   address of a list of pages, or 0: blocked
 * word 1   added to every output address
 *
 * list of pages, 256 of:
 * word 0   I/O address of the page | 1 if writes are allowed | 2 if there is one
 * word 1   output address
 * </pre>
 *
 * Nothing is cached, so there are no commands.
 */
@NullMarked
package dev.hitless.iommu.cli.acme;

import org.jspecify.annotations.NullMarked;
