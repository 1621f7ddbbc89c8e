package dev.hitless.iommu.core;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/** A core with one device of one group, over {@link GenerationsDriver}; and how its schedules are searched. */
final class CoreUnderLincheck {
    static final Pasid PASID = Pasid.of(5);
    static final int REQUESTER = 0x100;

    /** Lincheck takes a schedule for hung by the clock; a busy machine must not decide, so it is ten minutes. */
    private static final long LONGEST_SCHEDULE_MILLIS = 600_000;

    /** Of one scenario. Half as many find a lost lock, a publication before the driver is done, and a second answer. */
    private static final int SCHEDULES = 60;

    /** Threads are not switched in these: messages and descriptions are of no interest. */
    private static final String[] NO_SHARED_STATE = {
        CoreUnderLincheck.class.getName(),
        Request.class.getName(),
        DriverCapabilities.class.getName(),
        DeviceDescription.class.getName(),
        IommuException.class.getName()
    };

    final GenerationsDriver driver = new GenerationsDriver();
    final AtomicInteger warnings = new AtomicInteger();
    final IommuCore core = IommuCore.over(driver, new JvmLocks(), message -> warnings.incrementAndGet());
    final IommuGroup group = core.createGroup("group", driver, DomainType.BLOCKED);
    final IommuDevice device = core.addDevice(group, GenerationsDriver.description(REQUESTER));

    /**
     * Checks one scenario, the same in each run: what two threads do at the same time, by the names of the operations of {@code test}.
     *
     * <p>One that was written for the purpose finds more, and in less time, than random ones. Scenarios, timeout and
     * how far collections are looked into have no setting in Lincheck's Java interface but these.
     *
     * @param specification what they return when one comes after the other
     */
    static void check(Class<?> test, Class<?> specification, List<String> oneThread, List<String> otherThread) {
        new ModelCheckingOptions()
                .iterations(0)
                .addCustomScenario(new ExecutionScenario(
                        List.of(), List.of(actors(test, oneThread), actors(test, otherThread)), List.of(), null))
                .invocationsPerIteration(SCHEDULES)
                .minimizeFailedScenario(false)
                .analyzeStdLib$lincheck(false)
                .invocationTimeout$lincheck(LONGEST_SCHEDULE_MILLIS)
                .sequentialSpecification(specification)
                .addGuarantee(forClasses(NO_SHARED_STATE).allMethods().ignore())
                .addGuarantee(forClasses(CoreUnderLincheck::isCollection)
                        .methods(name -> !name.equals("forEach"))
                        .treatAsAtomic())
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

    /** A collection's single call is one step: its inside is the JDK's matter. Locks and atomics stay as they are. */
    private static boolean isCollection(String className) {
        return className.startsWith("java.util.")
                && !className.startsWith("java.util.function.")
                && (!className.startsWith("java.util.concurrent.")
                        || className.equals("java.util.concurrent.ConcurrentHashMap")
                        || className.equals("java.util.concurrent.CopyOnWriteArrayList"));
    }
}
