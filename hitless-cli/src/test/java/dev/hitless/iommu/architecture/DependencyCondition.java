package dev.hitless.iommu.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;

/** Every dependency on a class outside the JDK must be on one of the packages, or on the class's own. */
abstract class DependencyCondition extends ArchCondition<JavaClass> {
    private final DescribedPredicate<JavaClass> allowed;

    private DependencyCondition(String description, String... packages) {
        super(description);
        allowed = resideInAnyPackage(packages).or(resideInAnyPackage("java..", "org.jspecify.annotations"));
    }

    static ArchCondition<JavaClass> dependOnlyOn(String... packages) {
        return new DependencyCondition("depend only on " + String.join(", ", packages), packages) {
            @Override
            boolean isOwn(JavaClass from, JavaClass to) {
                return false;
            }
        };
    }

    /** What stands below {@code parent.x} may use {@code parent.x..}, but not the neighbours {@code parent.y..}. */
    static ArchCondition<JavaClass> dependOnlyOnTheirOwn(String parent, String... packages) {
        return new DependencyCondition("depend only on their own package, " + String.join(", ", packages), packages) {
            @Override
            boolean isOwn(JavaClass from, JavaClass to) {
                String name = from.getPackageName();
                int end = name.indexOf('.', parent.length() + 1);
                String own = end < 0 ? name : name.substring(0, end);
                return resideInAPackage(own + "..").test(to);
            }
        };
    }

    abstract boolean isOwn(JavaClass from, JavaClass to);

    @Override
    public void check(JavaClass from, ConditionEvents events) {
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
            JavaClass target = dependency.getTargetClass().getBaseComponentType();
            if (!target.isPrimitive() && !allowed.test(target) && !isOwn(from, target)) {
                events.add(violated(from, dependency.getDescription()));
            }
        }
    }
}
