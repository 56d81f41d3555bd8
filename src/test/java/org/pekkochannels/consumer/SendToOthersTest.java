package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.UnencodablePayloadException;
import org.pekkochannels.protocol.CloseReason;

/** What a member sends to all others of its group, and what plain code sends after a commit. */
class SendToOthersTest extends ConsumerTestSystem {
    /** Joins, then does what it is told. */
    private static class Member extends WebSocketConsumer {
        final Group room = group("room");

        Member(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return switch (text) {
                case "others" -> room.sendToOthers("note", "others").thenCompose(sent -> room.send("note", "all"));
                case "elsewhere" ->
                    CompletableFuture.runAsync(() -> {
                        room.sendToOthers("note", "others");
                        room.send("note", "all");
                    });
                case "commit", "rollback" ->
                    database()
                            .useTransaction(handle -> {
                                room.sendToOthersAfterCommit(handle, "note", "others");
                                room.sendAfterCommit(handle, "note", "all");
                                failIf(text.equals("rollback"));
                            })
                            .exceptionally(rolledBack -> null);
                case "size" -> send(String.valueOf(room.localSize()));
                case "bad" ->
                    room.sendToOthers("note", new Object())
                            .handle((sent, failure) -> failure)
                            .thenCompose(
                                    failure -> send(String.valueOf(failure instanceof UnencodablePayloadException)));
                default -> room.discard().thenCompose(left -> room.sendToOthers("note", "from outside"));
            };
        }
    }

    /** The same as a blocking consumer. */
    private static class SyncMember extends SyncWebSocketConsumer {
        final SyncGroup room = group("room");

        SyncMember(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected void connect() {
            room.add();
            accept();
        }

        @Override
        protected void receive(String text) {
            switch (text) {
                case "others", "elsewhere" -> sendBoth();
                case "commit", "rollback" -> {
                    try {
                        handle().useTransaction(handle -> {
                            sendBoth();
                            failIf(text.equals("rollback"));
                        });
                    } catch (IllegalStateException rolledBack) {
                        // its sends are discarded
                    }
                }
                case "size" -> send(String.valueOf(room.localSize()));
                case "bad" -> {
                    assertThatThrownBy(() -> room.sendToOthers("note", new Object()))
                            .isInstanceOf(UnencodablePayloadException.class);
                    send("true");
                }
                default -> {
                    room.discard();
                    room.sendToOthers("note", "from outside");
                }
            }
        }

        private void sendBoth() {
            room.sendToOthers("note", "others");
            room.send("note", "all");
        }
    }

    private static void failIf(boolean fails) {
        if (fails) {
            throw new IllegalStateException("planted");
        }
    }

    private Door member(boolean blocking) {
        return Door.open(kit, blocking ? SyncMember::new : Member::new);
    }

    private static void leave(Door... doors) {
        for (Door door : doors) {
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, others", "false, elsewhere", "false, commit", "true, others", "true, commit"})
    void reachesAllButTheSender(boolean blocking, String how) {
        Door sender = member(blocking);
        Door other = member(blocking);
        Door third = member(!blocking);

        sender.tell(how);

        assertThat(other.next(2)).containsExactly("others", "all");
        assertThat(third.next(2)).containsExactly("others", "all");
        assertThat(sender.next()).isEqualTo("all");
        assertThat(sender.saidSoFar()).isEmpty();
        leave(sender, other, third);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reachesNobodyWhenTheTransactionIsRolledBack(boolean blocking) {
        Door sender = member(blocking);
        Door other = member(blocking);

        sender.tell("rollback").tell("others");

        assertThat(other.next(2)).containsExactly("others", "all");
        assertThat(sender.next()).isEqualTo("all");
        assertThat(other.saidSoFar()).isEmpty();
        leave(sender, other);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reachesEveryMemberFromOutsideTheGroup(boolean blocking) {
        Door sender = member(blocking);
        Door other = member(blocking);

        sender.tell("leave and send");

        assertThat(other.next()).isEqualTo("from outside");
        assertThat(sender.saidSoFar()).isEmpty();
        leave(sender, other);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failsWhenThePayloadCannotBeEncoded(boolean blocking) {
        Door sender = member(blocking);

        sender.tell("bad");

        assertThat(sender.next()).isEqualTo("true");
        leave(sender);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsTheMembersOnThisNode(boolean blocking) {
        Door first = member(blocking);
        Door second = member(!blocking);

        assertThat(first.tell("size").next()).isEqualTo("2");
        leave(second);
        assertThat(first.tell("size").next()).isEqualTo("1");
        leave(first);
    }

    @Test
    void plainCodeSendsAfterACommitInOneCall() {
        Door member = member(false);
        AfterCommit afterCommit = AfterCommit.of(kit.system());

        database()
                .useTransaction(handle -> {
                    afterCommit.groupSend(handle, group("room"), "note", "one");
                    afterCommit.groupSend(handle, "room", "note", "two");
                    assertThat(member.saidSoFar()).isEmpty();
                })
                .toCompletableFuture()
                .join();

        assertThat(member.next(2)).containsExactly("one", "two");
        leave(member);
    }

    private static GroupName group(String name) {
        return new GroupName(name);
    }

    @Test
    void plainCodeCannotSendAfterACommitWithoutATransactionOrAName() {
        AfterCommit afterCommit = AfterCommit.of(kit.system());

        database()
                .useHandle(handle -> {
                    assertThatThrownBy(() -> afterCommit.groupSend(handle, "room", "note", "x"))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("requires a transaction");
                    assertThatThrownBy(() -> afterCommit.groupSend(handle, "no room", "note", "x"))
                            .isInstanceOf(IllegalArgumentException.class);
                })
                .toCompletableFuture()
                .join();
    }
}
