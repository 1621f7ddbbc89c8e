package dev.hitless.iommu.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Gives commands the screen that they write to. */
final class CommandFactory implements IFactory {
    private final Screen screen;

    CommandFactory(Screen screen) {
        this.screen = screen;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (var constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Screen.class) {
                return type.cast(constructor.newInstance(screen));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
