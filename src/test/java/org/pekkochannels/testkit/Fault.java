package org.pekkochannels.testkit;

import java.util.function.Function;
import org.pekkochannels.layer.LocalChannels;

/** What a layer can do wrong: a layer that does it, and the case of the contract that must find it. */
enum Fault {
    LOSES_AN_EVENT(BrokenLayers.Losing::new, "anEventSentAfterGroupAddArrives"),
    DELIVERS_AN_EVENT_TWICE(BrokenLayers.Doubling::new, "anEventSentAfterGroupAddArrives"),
    LOSES_UNDER_LOAD(BrokenLayers.Losing::new, "survivesWhateverIsDoneAtTheSameTime"),
    DOUBLES_UNDER_LOAD(BrokenLayers.Doubling::new, "survivesWhateverIsDoneAtTheSameTime"),
    SWAPS_TWO_EVENTS(BrokenLayers.Swapping::new, "keepsTheOrderOfEachOfManySenders"),
    LETS_DIRECT_EVENTS_OVERTAKE(BrokenLayers.Overtaking::new, "keepsTheOrderOfEachOfManySenders"),
    JOINS_LATE(BrokenLayers.JoiningLate::new, "anEventSentAfterGroupAddArrives"),
    LEAVES_LATE(BrokenLayers.LeavingLate::new, "anEventSentAfterGroupDiscardDoesNotArrive"),
    KEEPS_CLOSED_MEMBERS(BrokenLayers.Keeping::new, "closingDropsWhatWaitsAndWhatArrivesLater"),
    DELIVERS_TO_CLOSED_CHANNELS(BrokenLayers.Haunting::new, "aClosedChannelReceivesNothing"),
    COUNTS_MEMBERS_OF_ALL_NODES(BrokenLayers.CountingAll::new, "countsTheMembersOfAGroupOnEachNode"),
    EXCLUDES_ON_THE_OWN_NODE_ONLY(BrokenLayers.ExcludingOwn::new, "deliversToAllMembersButTheExcludedOne"),
    EXCLUDES_A_WHOLE_NODE(BrokenLayers.ExcludingNode::new, "excludesNothingByANameThatIsNotAMembers"),
    REFORMATS_PAYLOADS(BrokenLayers.Reformatting::new, "carriesTheBytesOfAPayloadUnchanged"),
    CUTS_LONG_NAMES(BrokenLayers.Cutting::new, "carriesTheLongestNames"),
    IGNORES_CASE(BrokenLayers.IgnoringCase::new, "keepsGroupsApartWhoseNamesDifferLittle"),
    DROPS_LARGE_EVENTS(BrokenLayers.DroppingLarge::new, "carriesAMebibyte"),
    HIDES_THAT_AN_EVENT_IS_TOO_LARGE(BrokenLayers.AcceptingLarge::new, "failsTheStageOfAnEventThatIsTooLarge"),
    DOES_NOT_COUNT_ARRIVED(local -> new BrokenLayers.Miscounting(local, "arrived"), "deliversToAChannelInOrder"),
    DOES_NOT_COUNT_FULL(local -> new BrokenLayers.Miscounting(local, "full"), "dropsForFullMembersWithoutAnError"),
    DOES_NOT_COUNT_UNKNOWN(
            local -> new BrokenLayers.Miscounting(local, "unknown"), "dropsAndCountsWhatIsSentToAnUnknownChannel"),
    DOES_NOT_COUNT_EXPIRED(local -> new BrokenLayers.Miscounting(local, "expired"), "dropsAnEventThatWaitedTooLong"),
    DOES_NOT_COUNT_DELIVERED(
            local -> new BrokenLayers.Miscounting(local, "delivered"), "survivesWhateverIsDoneAtTheSameTime"),
    SENDS_DIRECT_EVENTS_TO_ALL_NODES(BrokenLayers.Broadcasting::new, "dropsAndCountsWhatIsSentToAnUnknownChannel"),
    SENDS_TO_EACH_CHANNEL_OF_A_NAME(
            BrokenLayers.SendingToEachOfAName::new, "anEventForANameReachesOneChannelOfAllNodes"),
    NEVER_COMPLETES_A_SEND(BrokenLayers.NeverSent::new, "deliversToAChannelInOrder"),
    NEVER_COMPLETES_A_DISCARD(BrokenLayers.NeverDiscarded::new, "discardsOnceAndForAll"),
    FAILS_THE_STAGE_OF_A_BAD_NAME(BrokenLayers.Accepting::new, "rejectsInvalidChannelNames"),
    WAITS_FOR_SLOW_NODES(BrokenLayers.Waiting::new, "aSlowNodeAffectsNoOtherNode"),
    WAITS_FOR_CLOSED_NODES(BrokenLayers.Waiting::new, "aClosedNodeAffectsNoOtherNode"),
    KEEPS_ITS_THREADS(BrokenLayers.Unstoppable::new, "closedNodesLeaveNoThreadBehind");

    @SuppressWarnings("ImmutableEnumChecker") // constructors only
    final Function<LocalChannels, QueuedLayer> node;

    final String foundBy;

    Fault(Function<LocalChannels, QueuedLayer> node, String foundBy) {
        this.node = node;
        this.foundBy = foundBy;
    }
}
