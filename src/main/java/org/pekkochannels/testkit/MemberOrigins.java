package org.pekkochannels.testkit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pekkochannels.concurrent.Origins;

/** Where group members and presence entries of an application under test come from. Thread-safe. */
final class MemberOrigins implements Origins {
    private final Map<List<String>, CallSite> sites = new ConcurrentHashMap<>();

    @Override
    public void begun(String kind, String group, String name) {
        sites.put(List.of(kind, group, name), new CallSite());
    }

    /** The place, as lines of a message; empty if it is not known. */
    String place(String kind, String group, String name) {
        CallSite site = sites.get(List.of(kind, group, name));
        return site == null ? "" : site.toString();
    }

    /** Forgets all, at the begin of a test. */
    void clear() {
        sites.clear();
    }
}
