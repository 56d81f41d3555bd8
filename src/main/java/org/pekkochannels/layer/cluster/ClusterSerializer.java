package org.pekkochannels.layer.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes what hubs send to each other. The manifest names kind and version; one that is not known is read as an object that says so, because a
 * failure here would cost more than the message. Thread-safe.
 */
public final class ClusterSerializer extends SerializerWithStringManifest {
    private static final int ID = 731_442_017;
    private static final String HELLO = "hello/1";
    private static final String RELEASED = "released/1";
    private static final String BATCH = "batch/";

    private final ExtendedActorSystem system;

    /**
     * Called by Pekko.
     *
     * @param system the actor system
     */
    public ClusterSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return ID;
    }

    @Override
    public String manifest(Object message) {
        if (message instanceof EventBatch batch) {
            return batch.manifest();
        }
        return message instanceof HubMessage.Hello ? HELLO : RELEASED;
    }

    @Override
    public byte[] toBinary(Object message) {
        if (message instanceof EventBatch batch) {
            return batch.bytes();
        }
        if (message instanceof HubMessage.Hello hello) {
            return written(hello);
        }
        if (message instanceof HubMessage.Released released) {
            return text(released.hub());
        }
        throw new IllegalArgumentException("only messages for hubs are written, was " + message);
    }

    private byte[] written(HubMessage.Hello hello) {
        byte[] hub = text(hello.hub());
        byte[] receiver = text(hello.receiver());
        int size = 2 * Integer.BYTES
                + hub.length
                + receiver.length
                + 1
                + hello.node().length()
                + Long.BYTES
                + hello.names().size()
                + 1;
        ByteBuffer to = ByteBuffer.allocate(size);
        to.putInt(hub.length).put(hub).putInt(receiver.length).put(receiver);
        Transfer.write(to, hello.node());
        to.putLong(hello.uid());
        hello.names().write(to);
        return to.put((byte) (hello.known() ? 1 : 0)).array();
    }

    private byte[] text(ActorRef<?> ref) {
        return resolver().toSerializationFormat(ref).getBytes(UTF_8);
    }

    private ActorRefResolver resolver() {
        return ActorRefResolver.get(Adapter.toTyped(system));
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        if (manifest.startsWith(BATCH)) {
            return new EventBatch(manifest, bytes);
        }
        return switch (manifest) {
            case HELLO -> hello(ByteBuffer.wrap(bytes));
            case RELEASED -> new HubMessage.Released(resolver().resolveActorRef(new String(bytes, UTF_8)));
            default -> new HubMessage.Unknown(manifest);
        };
    }

    private HubMessage.Hello hello(ByteBuffer from) {
        return new HubMessage.Hello(
                ref(from), ref(from), Transfer.name(from), from.getLong(), ChosenNames.read(from), from.get() != 0);
    }

    private <T> ActorRef<T> ref(ByteBuffer from) {
        byte[] text = new byte[from.getInt()];
        from.get(text);
        return resolver().resolveActorRef(new String(text, UTF_8));
    }
}
