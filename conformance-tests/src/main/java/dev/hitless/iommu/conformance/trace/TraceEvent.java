package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * One thing that happened at the platform port. Its index in the trace is its time; the instant {@code t} is the time
 * right after event {@code t}.
 */
public sealed interface TraceEvent {
    /** One line for people. */
    String describe();

    /** The operation starts. Always event 0. */
    record Begin(String operation) implements TraceEvent {
        @Override
        public String describe() {
            return "begin: " + operation;
        }
    }

    /** The operation returned ({@code failure} empty) or threw. Always the last event. */
    record End(String failure) implements TraceEvent {
        @Override
        public String describe() {
            return failure.isEmpty() ? "end: success" : "end: " + failure;
        }
    }

    /** From here on, what happens is done by operation number {@code operation}, from 0. */
    record Switched(int operation) implements TraceEvent {
        @Override
        public String describe() {
            return "-- operation " + (operation + 1) + " runs";
        }
    }

    /** One of several operations starts. */
    record BeginOf(int operation, String name) implements TraceEvent {
        @Override
        public String describe() {
            return "begin of operation " + (operation + 1) + ": " + name;
        }
    }

    /** One of several operations returned ({@code failure} empty) or threw. */
    record EndOf(int operation, String failure) implements TraceEvent {
        @Override
        public String describe() {
            return "end of operation " + (operation + 1) + ": " + (failure.isEmpty() ? "success" : failure);
        }
    }

    /**
     * An aligned store by the driver.
     *
     * @param bits 64 or 128; single-copy atomic
     * @param high the upper word of a 128-bit store, else 0
     */
    record Store(long address, int bits, long low, long high, long oldLow, long oldHigh) implements TraceEvent {
        @Override
        public String describe() {
            return "store" + bits + " [0x" + Long.toHexString(address) + "] = "
                    + (bits == 128 ? hex(high) + ":" : "") + hex(low) + "  (was "
                    + (bits == 128 ? hex(oldHigh) + ":" : "") + hex(oldLow) + ")";
        }
    }

    /** The hardware's own store (completion status, log record). Visible at once; not to walks. */
    record HardwareStore(long address, int bits, long value) implements TraceEvent {
        @Override
        public String describe() {
            return "hardware stores [0x" + Long.toHexString(address) + "] = " + hex(value);
        }
    }

    /** A load by the driver. */
    record Load(long address, long value) implements TraceEvent {
        @Override
        public String describe() {
            return "load [0x" + Long.toHexString(address) + "] -> " + hex(value);
        }
    }

    /** A write barrier. */
    record Barrier() implements TraceEvent {
        @Override
        public String describe() {
            return "write barrier";
        }
    }

    /** Cache lines written back; whole lines of 64 bytes that the range touches. */
    record CacheClean(long address, long lengthBytes) implements TraceEvent {
        @Override
        public String describe() {
            return "clean cache [0x" + Long.toHexString(address) + " +" + lengthBytes + "]";
        }
    }

    /** A register write; orders all earlier stores before it. */
    record RegisterWrite(long offset, int bits, long value) implements TraceEvent {
        @Override
        public String describe() {
            return "write register 0x" + Long.toHexString(offset) + " = " + hex(value);
        }
    }

    /** A register read. */
    record RegisterRead(long offset, int bits, long value) implements TraceEvent {
        @Override
        public String describe() {
            return "read register 0x" + Long.toHexString(offset) + " -> " + hex(value);
        }
    }

    /** Memory allocated. {@code zeroed}: by ordinary stores at this very event, one per word. */
    record Alloc(long address, long lengthBytes, boolean zeroed) implements TraceEvent {
        @Override
        public String describe() {
            return "allocate 0x" + Long.toHexString(address) + " +" + lengthBytes + (zeroed ? " zeroed" : "");
        }
    }

    /** Memory given back. */
    record Free(long address, long lengthBytes) implements TraceEvent {
        @Override
        public String describe() {
            return "free 0x" + Long.toHexString(address) + " +" + lengthBytes;
        }
    }

    /** A command became fetchable. */
    record Submitted(int number, Invalidation invalidation) implements TraceEvent {
        @Override
        public String describe() {
            return "command #" + number + " submitted: " + invalidation.describe();
        }
    }

    /** The driver saw that the command had completed. */
    record Observed(int number) implements TraceEvent {
        @Override
        public String describe() {
            return "command #" + number + " seen complete";
        }
    }

    /** Every command submitted before this was carried out before any that is submitted after it. */
    record Fenced() implements TraceEvent {
        @Override
        public String describe() {
            return "fence: earlier commands are done before later ones begin";
        }
    }

    /** The chipset's posted writes were flushed. */
    record WriteBufferFlush() implements TraceEvent {
        @Override
        public String describe() {
            return "write buffer flushed";
        }
    }

    /** The driver switched PASID, ATS or PRI of a function. */
    record FunctionControl(String device, Feature feature, boolean enabled) implements TraceEvent {
        /** What was switched. */
        public enum Feature {
            PASID,
            ATS,
            PRI
        }

        @Override
        public String describe() {
            return device + ": " + feature + (enabled ? " on" : " off");
        }
    }

    /** A function was taken away: from now on it answers nothing, and keeps nothing cached. */
    record Vanished(String device) implements TraceEvent {
        @Override
        public String describe() {
            return device + " is gone";
        }
    }

    /** The driver gave the hardware something malformed. */
    record Malformed(String complaint) implements TraceEvent {
        @Override
        public String describe() {
            return "malformed: " + complaint;
        }
    }

    /** The driver warned. */
    record Warning(String message) implements TraceEvent {
        @Override
        public String describe() {
            return "warning: " + message;
        }
    }

    /** The driver said how it will carry the change out. */
    record Planned(String device, int pasid, ReplacePlan plan) implements TraceEvent {
        @Override
        public String describe() {
            return "plan for " + device + " PASID 0x" + Integer.toHexString(pasid) + ": " + plan.label();
        }
    }

    /** The driver waited and the time was up. */
    record TimedOut(String what) implements TraceEvent {
        @Override
        public String describe() {
            return "timed out waiting for " + what;
        }
    }

    /** A lock was taken or given back. */
    record LockEvent(String lockClass, String name, boolean taken) implements TraceEvent {
        @Override
        public String describe() {
            return (taken ? "lock " : "unlock ") + lockClass + " " + name;
        }
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
