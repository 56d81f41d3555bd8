package org.pekkochannels.testkit;

import java.util.List;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;

/** A group of the application under test, as another part of the application would use it. Thread-safe. */
public final class TestGroup {
    private final TestApplication application;
    private final GroupName name;

    TestGroup(TestApplication application, GroupName name) {
        this.application = application;
        this.name = name;
    }

    /**
     * Sends an event to all members, and waits until the layer has accepted it.
     *
     * @param type the event's type, for example {@code chat.message}
     * @param payload its payload, which Jackson can write
     * @throws AssertionError if the layer rejects it
     */
    public void send(String type, Object payload) {
        application.await(application.layer().groupSend(name, type, payload));
    }

    /**
     * Makes the test itself a member, which receives what is sent to the group from now on.
     *
     * @return a new channel of the test, which is a member
     */
    public TestChannel join() {
        TestChannel member = application.channel();
        application.await(application.layer().groupAdd(name, member.channel()));
        return member;
    }

    /**
     * The keys that are present in the group, when nothing runs in the application. A key that has left is listed until its grace has passed
     * ({@code channels.layer.presence.grace}).
     *
     * @return the keys, such as names of users, in order and each once
     */
    public List<String> present() {
        return presence().stream().map(Presence.Entry::key).distinct().toList();
    }

    /**
     * What is present in the group, as {@link #present}, with the meta of each entry.
     *
     * @return the entries, ordered by key; several for a key with several connections
     */
    public List<Presence.Entry> presence() {
        application.settles();
        return application.await(application.layer().presence().list(name));
    }

    /**
     * The number of members on this node, those of the test included.
     *
     * @return the number of channels
     */
    public int size() {
        return application.layer().localSize(name);
    }
}
