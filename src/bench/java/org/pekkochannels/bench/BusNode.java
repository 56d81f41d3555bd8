package org.pekkochannels.bench;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/**
 * One node without sockets for clients. As a process it does what its standard input says, one command a line, and answers each with a line that
 * begins with {@code =}; {@link NodeBenchmark} starts it.
 */
public final class BusNode {
    private static final String CONFIG = """
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = %d }
            pekko.cluster {
                jmx.enabled = off
                downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
                seed-nodes = [%s]
                seed-node-timeout = 2s
            }
            pekko.loglevel = WARNING
            pekko.actor.default-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
            channels { layer.type = cluster, development = off }
            """;

    private final ActorSystem<?> system;
    private final NodeBus bus;
    private final BusReceiver received = new BusReceiver();
    private final String name;
    private final Counters counters;
    private long sent;

    BusNode(String bus, int index, int port, String seeds, int nodes, Counters counters) throws InterruptedException {
        this.name = "n" + index;
        this.counters = counters;
        this.system = ActorSystem.create(Behaviors.empty(), "channels", config(port, seeds));
        awaitUp(nodes);
        this.bus = NodeBus.of(bus, system);
    }

    private static Config config(int port, String seeds) {
        StringBuilder addresses = new StringBuilder();
        for (String seed : seeds.split(",", -1)) {
            addresses.append("\"pekko://channels@").append(seed).append("\",");
        }
        return ConfigFactory.parseString(CONFIG.formatted(port, addresses))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    private void awaitUp(int nodes) throws InterruptedException {
        Cluster cluster = Cluster.get(Adapter.toClassic(system));
        while (ups(cluster) < nodes) {
            Thread.sleep(20);
        }
    }

    private static int ups(Cluster cluster) {
        int ups = 0;
        for (var member : cluster.state().getMembers()) {
            ups += member.status().equals(MemberStatus.up()) ? 1 : 0;
        }
        return ups;
    }

    /**
     * Runs nodes until the input ends.
     *
     * @param args the bus, the node's index, the first node's port, the seeds, the number of all nodes, the file of counters, and how many nodes to run
     * @throws Exception if a node cannot be started
     */
    public static void main(String[] args) throws Exception {
        int index = Integer.parseInt(args[1]);
        int port = Integer.parseInt(args[2]);
        int all = Integer.parseInt(args[4]);
        int here = Integer.parseInt(args[6]);
        Counters counters = Counters.open(args[5]);
        BusNode[] nodes = new BusNode[here];
        Thread[] starting = new Thread[here];
        for (int i = 0; i < here; i++) {
            int number = i;
            starting[i] = new Thread(() -> {
                try {
                    nodes[number] =
                            new BusNode(args[0], index + number, number == 0 ? port : 0, args[3], all, counters);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            starting[i].start();
        }
        for (Thread thread : starting) {
            thread.join();
        }
        serve(nodes, System.out);
        Runtime.getRuntime().halt(0);
    }

    private static void serve(BusNode[] nodes, PrintStream out) throws IOException, InterruptedException {
        out.println("= ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            out.println("= " + (words[0].equals("spread") ? spread(nodes, words) : nodes[0].answer(words)));
        }
    }

    /** Every node here sends its share, each on a thread. */
    private static String spread(BusNode[] nodes, String[] words) throws InterruptedException {
        double rate = Double.parseDouble(words[1]) / nodes.length;
        Thread[] threads = new Thread[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            BusNode node = nodes[i];
            threads[i] = new Thread(() -> node.paced(rate, Double.parseDouble(words[2]), 1));
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return "done";
    }

    private String answer(String[] words) throws InterruptedException {
        return switch (words[0]) {
            case "count" -> subscribe(Integer.parseInt(words[1]), false);
            case "read" -> subscribe(Integer.parseInt(words[1]), true);
            case "flood" -> flood(Integer.parseInt(words[1]), Double.parseDouble(words[2]), Integer.parseInt(words[3]));
            case "paced" ->
                paced(Double.parseDouble(words[1]), Double.parseDouble(words[2]), Integer.parseInt(words[3]));
            case "heap" -> String.valueOf(heap());
            case "cpu" -> String.valueOf(cpu());
            case "report" -> received.report() + " sent=" + sent;
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    String subscribe(int groups, boolean read) {
        for (int i = 0; i < groups; i++) {
            bus.subscribe("g" + i, text -> {
                if (read) {
                    received.read(text);
                } else {
                    received.count(text);
                    counters.received(received.count());
                }
            });
        }
        return "done";
    }

    /** As fast as it goes, with at most so many texts in flight; how many a second the other node has received. */
    String flood(int inFlight, double warmUp, double seconds, long from) {
        long begun = System.nanoTime();
        long measured = begun + (long) (warmUp * 1e9);
        long end = measured + (long) (seconds * 1e9);
        long before = 0;
        long start = 0;
        long base = from;
        long number = 0;
        while (System.nanoTime() < end) {
            if (start == 0 && System.nanoTime() >= measured) {
                start = System.nanoTime();
                before = counters.received();
            }
            long room = inFlight - (number - (counters.received() - base));
            if (room <= 0) {
                LockSupport.parkNanos(1);
            }
            for (long i = 0; i < room; i++) {
                bus.publish("g0", BusReceiver.text(name, number++, 0));
            }
        }
        double rate = (counters.received() - before) * 1e9 / (System.nanoTime() - start);
        long missing = awaitAll(base, number);
        return String.format(Locale.ROOT, "rate=%.0f missing=%d", rate, missing);
    }

    private long awaitAll(long base, long number) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (counters.received() - base < number && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return number - (counters.received() - base);
    }

    private String flood(int inFlight, double warmUp, int seconds) {
        return flood(inFlight, warmUp, seconds, counters.received());
    }

    /** So many texts a second, over so many groups: what one takes of the process's CPU, and of the sending thread's time. */
    private String paced(double rate, double seconds, int groups) {
        long cpu = cpu();
        long begun = System.nanoTime();
        long end = begun + (long) (seconds * 1e9);
        long inSends = 0;
        long count = 0;
        for (long now = begun; now < end; now = System.nanoTime()) {
            long due = (long) ((now - begun) * rate / 1e9);
            for (; count < due; count++) {
                long before = System.nanoTime();
                bus.publish("g" + (groups == 1 ? 0 : sent % groups), BusReceiver.text(name, sent++, before));
                inSends += System.nanoTime() - before;
            }
            LockSupport.parkNanos(500_000);
        }
        double micros = (cpu() - cpu) / 1e3;
        return String.format(
                Locale.ROOT,
                "count=%d cpu=%.2f send=%.2f percent=%.2f",
                count,
                micros / Math.max(1, count),
                inSends / 1e3 / Math.max(1, count),
                micros / seconds / 1e4);
    }

    void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
