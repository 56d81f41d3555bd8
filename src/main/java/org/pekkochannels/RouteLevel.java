package org.pekkochannels;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.middleware.Endpoint;
import org.pekkochannels.protocol.Application;

/** The endpoints of an application that have the same middleware around them. Confined to the thread that builds the application. */
final class RouteLevel implements Channels.Routes {
    private enum State {
        OPEN,
        /** A function of {@code through(..)} runs, with a separate level. */
        INSIDE,
        /** The function that was given this level has returned. */
        CLOSED
    }

    private final RouteTable table;
    private final List<RouteTable.Around> around;
    private State state = State.OPEN;

    /** The endpoints without middleware. */
    RouteLevel(RouteTable table) {
        this(table, List.of());
    }

    private RouteLevel(RouteTable table, List<RouteTable.Around> around) {
        this.table = table;
        this.around = around;
    }

    @Override
    public RouteLevel websocket(String pattern, Function<ConsumerContext, ? extends Consumer> factory) {
        return add(pattern, ConsumerBehavior.application(factory));
    }

    @Override
    public RouteLevel endpoint(String pattern, String endpoint, Function<ConsumerContext, ? extends Consumer> factory) {
        return add(pattern, Endpoint.named(endpoint, ConsumerBehavior.application(factory)));
    }

    @Override
    public RouteLevel application(String pattern, Application application) {
        RouteLevel added = add(pattern, application);
        if (!(application instanceof Endpoint)) {
            table.mayNameOthers();
        }
        return added;
    }

    @Override
    public RouteLevel through(
            Function<ActorSystem<?>, UnaryOperator<Application>> middleware,
            java.util.function.Consumer<Channels.Routes> inside) {
        requireNonNull(middleware, "the function of through(..) must not be null; pass one that returns a middleware");
        requireNonNull(inside, "the routes of through(..) must not be null; pass routes -> routes.websocket(..)");
        requireOpen();
        // A middleware may be Endpoint.named(..).
        table.mayNameOthers();
        int before = table.size();
        List<RouteTable.Around> more = new ArrayList<>(around);
        more.add(new RouteTable.Around(middleware));
        addInside(new RouteLevel(table, List.copyOf(more)), inside);
        if (table.size() == before) {
            throw new IllegalArgumentException("through(..) has no endpoint inside; add those behind the middleware:"
                    + " through(middleware, routes -> routes.websocket(..))");
        }
        return this;
    }

    private void addInside(RouteLevel inner, java.util.function.Consumer<Channels.Routes> inside) {
        state = State.INSIDE;
        try {
            inside.accept(inner);
        } finally {
            inner.state = State.CLOSED;
            state = State.OPEN;
        }
    }

    private RouteLevel add(String pattern, Application application) {
        requireOpen();
        table.add(pattern, application, around);
        return this;
    }

    private void requireOpen() {
        if (state == State.INSIDE) {
            throw new IllegalStateException(
                    "inside through(..) an endpoint was added to the application around it, where the"
                            + " middleware would not apply; add it to the function's argument: routes -> routes.websocket(..)");
        } else if (state == State.CLOSED) {
            throw new IllegalStateException("the routes of through(..) were used after its function had returned;"
                    + " add all endpoints inside the function");
        }
    }
}
