package org.pekkochannels.layer;

/** What the histories of groups contribute to channels. */
interface HistoryHook {
    HistoryHook NONE = new HistoryHook() {
        @Override
        public boolean endGap(GroupName group, Channel channel, Position before) {
            return channel.endGap(group, before);
        }

        @Override
        public void emptied(String group) {
            // no history
        }
    };

    /** A channel takes the mark of a gap; returns whether events are missing, and not replayed. */
    boolean endGap(GroupName group, Channel channel, Position before);

    /** The last member of a group has left. */
    void emptied(String group);
}
