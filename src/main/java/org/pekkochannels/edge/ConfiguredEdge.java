package org.pekkochannels.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.settings.Settings;

/** Creates the edge that {@code channels.edge} names. */
final class ConfiguredEdge {
    // Class names only, because the packages of these classes are above this one.
    private static final Map<String, String> SHORT_NAMES =
            Map.of("http", "org.pekkochannels.http.HttpEdge", "netty", "org.pekkochannels.netty.NettyEdge");

    private static final String RULE = "must be 'http', 'netty', or the name of a public class that implements"
            + " org.pekkochannels.edge.Edge and has a public constructor without parameters";

    private ConfiguredEdge() {}

    /** Creates the edge; fails with {@link ConfigException} if the class does not exist or a jar is missing. */
    static Edge of(ActorSystem<?> system) {
        Config config = system.settings().config();
        Settings settings = Settings.of(config, "channels");
        String name = settings.text("edge");
        ClassLoader classes =
                ((ExtendedActorSystem) system.classicSystem()).dynamicAccess().classLoader();
        try {
            return Class.forName(SHORT_NAMES.getOrDefault(name, name), true, classes)
                    .asSubclass(Edge.class)
                    .getConstructor()
                    .newInstance();
        } catch (NoClassDefFoundError missing) {
            // While the class is loaded; from its constructor the same error comes wrapped.
            throw settings.bad("edge", missing(missing), name);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof NoClassDefFoundError missing) {
                throw settings.bad("edge", missing(missing), name);
            }
            throw settings.bad("edge", RULE + " (" + e.getCause() + ")", name);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw settings.bad("edge", RULE + " (" + e + ")", name);
        }
    }

    private static String missing(NoClassDefFoundError error) {
        return "needs a class that is missing, " + error.getMessage()
                + "; 'netty' needs the dependency io.netty:netty-handler, version 4.2";
    }
}
