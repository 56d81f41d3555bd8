package org.pekkochannels.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What two nodes on the layer in PostgreSQL do without any message: CPU and statements.
 *
 * <p>Environment: {@code DATABASE_URL} and {@code DATABASE_USER}.
 */
public final class IdleNodes {
    private static final int NODES = 2;

    private IdleNodes() {}

    /**
     * Measures.
     *
     * @param args seconds of the window
     * @throws Exception if a node does not run
     */
    public static void main(String[] args) throws Exception {
        Environment environment = Environment.read();
        int seconds = Integer.parseInt(args[0]);
        List<ServerProcess> nodes = new ArrayList<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> nodes.forEach(ServerProcess::stop)));
        for (int i = 0; i < NODES; i++) {
            nodes.add(ServerProcess.start(
                    "node",
                    "java -Xms512m -Xmx512m -XX:+UseParallelGC -cp " + System.getProperty("java.class.path") + " "
                            + NodeServer.class.getName(),
                    Map.of("LAYER", "postgres")));
        }
        Thread.sleep(20_000);
        try (Connection connection =
                DriverManager.getConnection(environment.databaseUrl(), environment.databaseUser(), "")) {
            long cpu = cpu(nodes);
            long commits = transactions(connection);
            Thread.sleep(seconds * 1000L);
            double perNode = seconds * (double) NODES;
            System.out.printf(
                    Locale.ROOT,
                    "a node, idle for %d s: %.2f %% of a core, %.2f statements a second%n",
                    seconds,
                    (cpu(nodes) - cpu) / perNode / 1e7,
                    (transactions(connection) - commits) / perNode);
        }
        System.exit(0);
    }

    private static long cpu(List<ServerProcess> nodes) {
        return nodes.stream().mapToLong(node -> node.cpuTime().toNanos()).sum();
    }

    /** Each statement of an idle node is a transaction; these two are among them. */
    private static long transactions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select xact_commit from pg_stat_database where datname = current_database()")) {
            row.next();
            return row.getLong(1);
        }
    }
}
