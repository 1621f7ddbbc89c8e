package dev.hitless.iommu.conformance.schedule;

import java.util.function.BooleanSupplier;

/**
 * Whose turn it is. A platform asks at every port call and every lock operation; between two questions the operation that
 * runs runs alone.
 */
public interface Turns {
    /** One operation, which nobody interrupts. */
    Turns ALONE = new Turns() {
        @Override
        public int running() {
            return 0;
        }

        @Override
        public void point() {
            // Nobody to switch to.
        }

        @Override
        public void block(String what, BooleanSupplier free) {
            throw new IllegalStateException("deadlock: nobody else runs, and so nobody will ever give back " + what);
        }

        @Override
        public void hardwareActed() {
            // Nobody else could be waiting for it.
        }

        @Override
        public boolean poll(BooleanSupplier condition) {
            return condition.getAsBoolean();
        }

        @Override
        public boolean letOthersAct(String what) {
            return false;
        }
    };

    /** Number of the operation that runs, from 0; -1 before the first and after the last one. */
    int running();

    /** Something that others can notice comes next. Returns when it is the caller's turn. */
    void point();

    /**
     * Waits for others, without a preemption.
     *
     * @param what for messages
     * @param free whether the wait is over; has no effects, and only others can make it true
     */
    void block(String what, BooleanSupplier free);

    /** Hardware has gone on, which others may be waiting for. */
    void hardwareActed();

    /** Evaluates a condition of a waiter. What is read meanwhile is nothing that another waiter could be waiting for. */
    boolean poll(BooleanSupplier condition);

    /**
     * The condition of a waiter was false. Waits, without a preemption, until another operation has done something.
     *
     * @param what for messages
     * @return false if no other operation can do anything any more
     */
    boolean letOthersAct(String what);
}
