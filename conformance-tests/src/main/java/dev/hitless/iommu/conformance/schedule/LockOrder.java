package dev.hitless.iommu.conformance.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which lock was taken while which was held, over any number of schedules. An order that goes round in a circle can
 * deadlock in some schedule, whether or not one that was played did.
 *
 * <p>Locks of different classes are compared by class, since a class has one place in the order; locks of one class by
 * name.
 */
public final class LockOrder {
    private final Set<Taken> known = new LinkedHashSet<>();
    private final Map<Object, Map<Object, Taken>> after = new LinkedHashMap<>();

    /** {@code next} was asked for while {@code held} was held. */
    private record Taken(LockName held, LockName next) {
        @Override
        public String toString() {
            return next + " while " + held + " is held";
        }
    }

    /** {@code next} is asked for by someone who holds {@code held}. */
    public void asked(List<LockName> held, LockName next) {
        for (LockName lock : held) {
            Taken taken = new Taken(lock, next);
            if (!lock.equals(next) && known.add(taken)) {
                boolean oneClass = lock.lockClass().equals(next.lockClass());
                after.computeIfAbsent(oneClass ? lock : lock.lockClass(), l -> new LinkedHashMap<>())
                        .putIfAbsent(oneClass ? next : next.lockClass(), taken);
            }
        }
    }

    /** A circle in the order, named step by step; the shortest one. Empty if there is none. */
    public Optional<String> inversion() {
        List<List<Taken>> circles = new ArrayList<>();
        for (Object start : after.keySet()) {
            circle(start).ifPresent(circles::add);
        }
        return circles.stream().min(Comparator.comparing(List::size)).map(LockOrder::describe);
    }

    /** The shortest way from {@code start} back to it, breadth first. */
    private Optional<List<Taken>> circle(Object start) {
        Map<Object, List<Taken>> ways = new LinkedHashMap<>();
        List<Object> open = new ArrayList<>(List.of(start));
        ways.put(start, List.of());
        for (int i = 0; i < open.size(); i++) {
            List<Taken> way = ways.getOrDefault(open.get(i), List.of());
            for (Map.Entry<Object, Taken> step :
                    after.getOrDefault(open.get(i), Map.of()).entrySet()) {
                List<Taken> further = new ArrayList<>(way);
                further.add(step.getValue());
                if (step.getKey().equals(start)) {
                    return Optional.of(further);
                }
                if (ways.putIfAbsent(step.getKey(), further) == null) {
                    open.add(step.getKey());
                }
            }
        }
        return Optional.empty();
    }

    private static String describe(List<Taken> circle) {
        return String.join(", but ", circle.stream().map(Taken::toString).toList());
    }
}
