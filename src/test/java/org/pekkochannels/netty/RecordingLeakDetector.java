package org.pekkochannels.netty;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Netty's leak detection, whose reports are kept: {@code io.netty.customResourceLeakDetector} names it. Thread-safe. */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

    /** As Netty makes it. */
    public RecordingLeakDetector(Class<?> resource, int samplingInterval) {
        super(resource, samplingInterval);
    }

    /** As Netty made it once; it complains of a class without. */
    public RecordingLeakDetector(Class<?> resource, int samplingInterval, long mostActive) {
        this(resource, samplingInterval);
    }

    static List<String> reports() {
        return List.copyOf(REPORTS);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
        REPORTS.add(resource + " was not released" + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
        REPORTS.add(resource + " was not released");
    }
}
