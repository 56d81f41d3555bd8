package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.commons.support.AnnotationSupport;
import org.pekkochannels.ChannelsServer;

/** The application of a test class with {@link ChannelsTest}, over one edge: one for all tests, or one for each. */
final class RunningApplication
        implements BeforeClassTemplateInvocationCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterClassTemplateInvocationCallback,
                ParameterResolver {
    private static final String BOUND = "pekkochannels.testkit.waits-at-most";

    private final ChannelsTest test;
    private final TestEdge edge;
    private final List<TestApplication> replaced = new ArrayList<>();
    private @Nullable TestDatabases databases;
    private @Nullable Config current;
    private @Nullable TestApplication application;
    private @Nullable LeftBehind before;

    RunningApplication(ChannelsTest test, TestEdge edge) {
        this.test = test;
        this.edge = edge;
    }

    @Override
    public void beforeClassTemplateInvocation(ExtensionContext context) {
        if (AnnotationSupport.isAnnotated(context.getRequiredTestClass(), FreshDatabase.class)) {
            databases = TestDatabases.of(
                    config(), changed -> start(context, changed).close());
        } else {
            application = start(context, config());
        }
    }

    private Config config() {
        return ConfigFactory.parseString(test.config())
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    private TestApplication start(ExtensionContext context, Config config) {
        Class<?> starter = test.value() == ChannelsTest.class ? context.getRequiredTestClass() : test.value();
        Method start = start(starter);
        TestApplication started = TestApplication.start(changed -> invoke(start, changed), edge, config);
        context.getConfigurationParameter(BOUND, RunningApplication::duration).ifPresent(started::waitsAtMost);
        return started;
    }

    /** Written as in the configuration of an application. */
    private static Duration duration(String written) {
        return ConfigFactory.parseString("bound = " + written).getDuration("bound");
    }

    private static Method start(Class<?> starter) {
        List<Method> found = Arrays.stream(starter.getDeclaredMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers())
                        && !method.isSynthetic()
                        && method.getReturnType() == ChannelsServer.class
                        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {Config.class}))
                .toList();
        if (found.size() != 1) {
            throw new ExtensionConfigurationException(starter.getName()
                    + " must have one static method that starts the application, with a parameter of type Config and the"
                    + " result ChannelsServer, has " + found.size() + "; name another class in @ChannelsTest(..)");
        }
        found.get(0).setAccessible(true);
        return found.get(0);
    }

    private static ChannelsServer invoke(Method start, Config config) {
        try {
            return (ChannelsServer) start.invoke(null, config);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            } else if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new ExtensionConfigurationException("cannot call " + start, e);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestApplication.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        startForTest(context);
        if (application == null) {
            throw new ExtensionConfigurationException("the application was not started");
        }
        return application;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        startForTest(context);
        if (application != null && isAlone(context)) {
            before = LeftBehind.before(application.system());
        }
    }

    /** Tests that run at the same time share clients and whatever they leave behind. */
    private static boolean isAlone(ExtensionContext context) {
        return context.getExecutionMode() == ExecutionMode.SAME_THREAD;
    }

    /** With a constructor that takes the application, before {@link #beforeEach}. */
    private void startForTest(ExtensionContext context) {
        if (application == null && databases != null) {
            Config fresh = databases.create(config());
            current = fresh;
            application = start(context, fresh);
        } else if (application == null) {
            application = start(context, config());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            if (application != null && isAlone(context)) {
                application.disconnectAll();
                requireNothingLeft(context);
            }
        } catch (AssertionError busyOrLeft) {
            // The next test must not fail for the same reason.
            replace();
            throw busyOrLeft;
        } finally {
            if (databases != null) {
                stop();
            }
        }
    }

    /** A new application serves the next test. The old one may not stop as long as its callbacks wait. */
    private void replace() {
        if (databases == null && application != null) {
            replaced.add(application);
            application = null;
        }
    }

    private void requireNothingLeft(ExtensionContext context) {
        List<String> left = before == null ? List.of() : before.now();
        before = null;
        if (!left.isEmpty()) {
            throw new AssertionError(context.getDisplayName() + " left behind, although its clients have left:\n    "
                    + String.join("\n    ", left));
        }
    }

    @Override
    public void afterClassTemplateInvocation(ExtensionContext context) {
        replaced.forEach(TestApplication::close);
        replaced.clear();
        stop();
        if (databases != null) {
            databases.close();
        }
    }

    private void stop() {
        TestApplication started = application;
        application = null;
        try {
            if (started != null) {
                started.close();
            }
        } finally {
            if (databases != null && current != null) {
                databases.drop(current);
                current = null;
            }
        }
    }
}
