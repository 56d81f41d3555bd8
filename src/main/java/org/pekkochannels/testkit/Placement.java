package org.pekkochannels.testkit;

/**
 * Which nodes a case uses.
 *
 * @param nodes how many nodes there are
 * @param sender the index of the node that sends
 * @param receiver the index of the node that receives
 */
record Placement(int nodes, int sender, int receiver) {
    boolean isFor(Case declared) {
        return (!declared.remote() || sender != receiver) && (!declared.once() || isFirst());
    }

    private boolean isFirst() {
        return sender == 0 && receiver == (nodes == 2 ? 1 : 0);
    }

    @Override
    public String toString() {
        return (nodes == 1 ? "1 node" : nodes + " nodes") + ", node " + sender + " sends to node " + receiver;
    }
}
