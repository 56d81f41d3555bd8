package org.pekkochannels.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp.IncomingConnection;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.edge.Decision;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.Service;
import org.pekkochannels.websocket.RequestHead;

/** Serves the connections of one bound port; thread-safe. */
final class ServedConnections {
    private static final Flow<ByteString, ByteString, NotUsed> TOO_MANY =
            Flow.fromSinkAndSourceCoupled(Sink.ignore(), Source.single(ByteString.fromArrayUnsafe(Service.tooMany())));

    private final Service service;
    private final Security security;
    private final Materializer materializer;

    ServedConnections(Service service, Security security) {
        this.service = service;
        this.security = security;
        this.materializer = SystemMaterializer.get(service.system()).materializer();
    }

    void serve(IncomingConnection connection) {
        Flow<ByteString, ByteString, NotUsed> socket = security.over(connection.flow());
        if (service.entered()) {
            Peers peers = new Peers(connection.remoteAddress(), connection.localAddress());
            socket.join(Flow.fromGraph(new FirstRequest(new Served(peers)))).run(materializer);
        } else {
            socket.join(TOO_MANY).run(materializer);
        }
    }

    /** One connection, as the reader of its first request sees it. */
    private final class Served implements ConnectionHandler {
        private final Peers peers;

        Served(Peers peers) {
            this.peers = peers;
        }

        @Override
        public void refused(int status) {
            service.refused(status);
        }

        @Override
        public void ended() {
            service.left();
        }

        @Override
        public int maxHeaderBytes() {
            return service.settings().maxHeaderBytes();
        }

        @Override
        public Duration headerTimeout() {
            return service.settings().headerTimeout();
        }

        @Override
        public Optional<CompletionStage<Decision>> upgrade(RequestHead head, CompletionStage<Done> gone) {
            return service.upgrade(head, peers, gone, service.consumers());
        }

        @Override
        public Flow<ByteString, ByteString, NotUsed> http() {
            return service.http(peers);
        }
    }
}
