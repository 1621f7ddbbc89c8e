package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.suite.Progress;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error, if a person watches. It is gone when the run is over. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final int MILLISECONDS = 100;

    private final @Nullable ProgressBar bar;

    private ProgressLine(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static ProgressLine on(Screen screen, String name, boolean wanted) {
        if (!wanted || !screen.terminal()) {
            return new ProgressLine(null);
        }
        return new ProgressLine(new ProgressBarBuilder()
                .setTaskName(name)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(MILLISECONDS)
                .setUnit(" scenarios", 1)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, screen.columns()))
                .clearDisplayOnFinish()
                .build());
    }

    @Override
    public synchronized void scenarios(int done, int all) {
        if (bar != null) {
            bar.maxHint(all);
            bar.stepTo(Math.max(done, bar.getCurrent()));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
