package dev.hitless.iommu.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Drivers and models reach the world through their port: what that offers they may not have of their own. */
final class PortCondition extends ArchCondition<JavaClass> {
    private static final Set<String> CLOCKS = Set.of("currentTimeMillis", "nanoTime");

    private final DescribedPredicate<JavaClass> forbidden = resideInAnyPackage(
                    "java.util.concurrent.locks..", "java.time..", "java.io..", "java.nio..", "java.net..")
            .or(assignableTo(Thread.class))
            .or(assignableTo(Executor.class))
            .or(assignableTo(CompletionStage.class))
            .or(assignableTo(Timer.class));

    PortCondition() {
        super("use no lock class, thread, clock, byte array or file of their own");
    }

    @Override
    public void check(JavaClass owner, ConditionEvents events) {
        checkDependencies(owner, events);
        owner.getMethodCallsFromSelf().stream()
                .filter(call -> call.getTargetOwner().isEquivalentTo(System.class) && CLOCKS.contains(call.getName()))
                .forEach(call -> events.add(violated(owner, call.getDescription())));
        owner.getFields().stream()
                .filter(field -> isByteArray(field.getRawType()))
                .forEach(field -> events.add(violated(owner, field.getDescription() + " is a byte array")));
        for (JavaCodeUnit unit : owner.getCodeUnits()) {
            if (unit.getModifiers().contains(SYNCHRONIZED)) {
                events.add(violated(owner, unit.getDescription() + " is synchronized"));
            }
            if (isByteArray(unit.getRawReturnType())
                    || unit.getRawParameterTypes().stream().anyMatch(PortCondition::isByteArray)) {
                events.add(violated(owner, unit.getDescription() + " takes or gives a byte array"));
            }
        }
    }

    private void checkDependencies(JavaClass owner, ConditionEvents events) {
        for (Dependency dependency : owner.getDirectDependenciesFromSelf()) {
            JavaClass target = dependency.getTargetClass();
            if (forbidden.test(target.getBaseComponentType()) || isByteArray(target)) {
                events.add(violated(owner, dependency.getDescription()));
            }
        }
    }

    private static boolean isByteArray(JavaClass type) {
        return type.isEquivalentTo(byte[].class);
    }
}
