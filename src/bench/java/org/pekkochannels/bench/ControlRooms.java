package org.pekkochannels.bench;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The control's rooms: each a set of the members' queues, into which whoever speaks puts one message for all. Thread-safe.
 *
 * <p>A queue that is offered to synchronously costs a member one task; it is bounded as our channels are.
 */
final class ControlRooms {
    // As channels.layer.capacity.
    private static final int CAPACITY = 100;

    private final ConcurrentMap<String, Set<BoundedSourceQueue<Message>>> rooms = new ConcurrentHashMap<>();

    /** A member's flow: what it says is turned into what all hear. */
    Flow<Message, Message, NotUsed> member(String room, Function<Message, CompletionStage<Message>> answer) {
        Set<BoundedSourceQueue<Message>> members = rooms.computeIfAbsent(room, name -> ConcurrentHashMap.newKeySet());
        Sink<Message, ?> said = Flow.<Message>create()
                .mapAsync(1, answer::apply)
                .to(Sink.foreach(heard -> members.forEach(member -> member.offer(heard))));
        Source<Message, BoundedSourceQueue<Message>> hears = Source.queue(CAPACITY);
        return Flow.fromSinkAndSourceCoupledMat(said, hears, Keep.right())
                .mapMaterializedValue(queue -> join(members, queue))
                .watchTermination((queue, ended) -> {
                    ended.whenComplete((done, failure) -> members.remove(queue));
                    return NotUsed.getInstance();
                });
    }

    private static BoundedSourceQueue<Message> join(
            Set<BoundedSourceQueue<Message>> members, BoundedSourceQueue<Message> queue) {
        members.add(queue);
        return queue;
    }
}
