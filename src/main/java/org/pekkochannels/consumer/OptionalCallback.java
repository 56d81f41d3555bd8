package org.pekkochannels.consumer;

/** A callback that does nothing unless a class of consumers overrides it: if none does, it needs no turn, nor a database thread. */
final class OptionalCallback {
    private final String name;
    private final Class<?> parameter;
    private final ClassValue<Boolean> overridden = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return overrides(type);
        }
    };

    /**
     * Names the method.
     *
     * @param name its name
     * @param parameter the type of its only parameter
     */
    OptionalCallback(String name, Class<?> parameter) {
        this.name = name;
        this.parameter = parameter;
    }

    /** Whether a class of consumers, or one between it and the library's, declares the method. */
    boolean isOverriddenBy(Class<?> type) {
        return overridden.get(type);
    }

    private boolean overrides(Class<?> type) {
        for (Class<?> each = type; !isBase(each); each = each.getSuperclass()) {
            if (declares(each)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBase(Class<?> type) {
        return type == WebSocketConsumer.class
                || type == SyncWebSocketConsumer.class
                || type == WorkerConsumer.class
                || type == SyncWorkerConsumer.class;
    }

    private boolean declares(Class<?> type) {
        try {
            return type.getDeclaredMethod(name, parameter).getParameterCount() == 1;
        } catch (NoSuchMethodException inherited) {
            return false;
        } catch (LinkageError unknown) { // a class of another method is missing; calling the method is always correct
            return true;
        }
    }
}
