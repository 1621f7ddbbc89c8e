package dev.hitless.iommu.driver.support;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/** What tests that search schedules of two threads have in common. */
public final class UnderLincheck {
    /** Lincheck takes a schedule for hung by the clock; a busy machine must not decide, so it is ten minutes. */
    private static final long LONGEST_SCHEDULE_MILLIS = 600_000;

    /** Of one scenario: all schedules with one switch, and many with two. */
    private static final int SCHEDULES = 60;

    private UnderLincheck() {}

    /** A lock of the Java platform. */
    public static DriverLock lock() {
        ReentrantLock lock = new ReentrantLock();
        return new DriverLock() {
            @Override
            public void lock() {
                lock.lock();
            }

            @Override
            public void unlock() {
                lock.unlock();
            }
        };
    }

    /** How a call ends: {@code OK}, or the errno. */
    public static String outcome(Runnable call) {
        try {
            call.run();
            return "OK";
        } catch (IommuException refusal) {
            return refusal.errno().name();
        }
    }

    /**
     * Checks one scenario: what two threads do at the same time, by the names of the operations of {@code test}.
     *
     * @param specification what they return when one comes after the other
     */
    public static void check(Class<?> test, Class<?> specification, List<String> oneThread, List<String> otherThread) {
        new ModelCheckingOptions()
                .iterations(0)
                .addCustomScenario(new ExecutionScenario(
                        List.of(), List.of(actors(test, oneThread), actors(test, otherThread)), List.of(), null))
                .invocationsPerIteration(SCHEDULES)
                .minimizeFailedScenario(false)
                .analyzeStdLib$lincheck(true)
                .invocationTimeout$lincheck(LONGEST_SCHEDULE_MILLIS)
                .sequentialSpecification(specification)
                .addGuarantee(forClasses(IommuException.class.getName(), Errno.class.getName())
                        .allMethods()
                        .ignore())
                .addGuarantee(
                        forClasses(FakeMemory.class.getName()).allMethods().treatAsAtomic())
                .check(test);
    }

    private static List<Actor> actors(Class<?> test, List<String> operations) {
        return operations.stream().map(name -> actor(test, name)).toList();
    }

    private static Actor actor(Class<?> test, String operation) {
        try {
            return new Actor(test.getMethod(operation), List.of());
        } catch (NoSuchMethodException missing) {
            throw new IllegalArgumentException(test + " has no operation " + operation, missing);
        }
    }
}
