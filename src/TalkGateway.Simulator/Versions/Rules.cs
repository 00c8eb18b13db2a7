namespace TalkGateway.Simulator;

/// <summary>
/// Every behaviour that changed over the versions and is neither a route (<see cref="OperationTable"/>) nor a field of an answer
/// (the view tables) nor a capability (<see cref="CapabilityTable"/>). Measured on real servers; from Talk 13 to 24 taken from the API documents.
/// </summary>
internal static class Rules
{
    // The Nextcloud around Talk.
    public static readonly VersionRange UnknownRouteIsOcs = VersionRange.From("13");
    public static readonly VersionRange ControllerErrorsHaveEmptyMessage = VersionRange.From("13");
    public static readonly VersionRange AnswersNameTheUser = VersionRange.From("13");
    public static readonly VersionRange BadCredentialsAreNamed = VersionRange.From("13");
    public static readonly VersionRange NoAdminIs403 = VersionRange.From("20.0");
    public static readonly VersionRange StrictTypes = VersionRange.From("13");
    public static readonly VersionRange RangesAreChecked = VersionRange.From("22");
    public static readonly VersionRange CapabilitiesHonourETag = VersionRange.From("13");
    public static readonly VersionRange ReloginLeavesRooms = VersionRange.From("10.0");
    public static readonly VersionRange MethodRefusalIsJson = VersionRange.From("13");

    /// <summary>An uncaught exception and a missing parameter: the XML 404 page, an OCS 500, or an empty 400.</summary>
    public static readonly ByVersion<BadParameterAnswer> BadParameter = new(
        ("0", BadParameterAnswer.XmlNotFound), ("13", BadParameterAnswer.ServerError), ("22", BadParameterAnswer.EmptyBadRequest));

    // Envelope.
    public static readonly VersionRange NothingIsNull = VersionRange.From("21");
    public static readonly VersionRange ErrorsHaveReasons = VersionRange.From("21");
    public static readonly VersionRange SettersAnswerRoom = VersionRange.From("21");
    public static readonly VersionRange LobbySetterAnswersRoom = VersionRange.From("10.1");
    public static readonly VersionRange ReadMarkerAnswersRoom = VersionRange.From("19");

    // Who may do what.
    public static readonly VersionRange GuestsMayModerate = VersionRange.From("5.0");
    public static readonly VersionRange MissingArgumentsMatter = VersionRange.From("5.0");

    // Rooms.
    public static readonly VersionRange RoomsHaveNames = VersionRange.From("3.1");
    public static readonly VersionRange OneToOneWithSelfIsRefused = VersionRange.From("3.1");
    public static readonly VersionRange EmptyNamesAreRefused = VersionRange.From("6.0");
    public static readonly VersionRange EmptyNamesAtCreationAreRefused = VersionRange.Between("6.0", "21.1");
    public static readonly VersionRange LongNamesAtCreationAreRefused = VersionRange.From("10.0");
    public static readonly VersionRange OneToOneIsLocked = VersionRange.From("6.0");
    public static readonly VersionRange CirclesAreKnown = VersionRange.From("8.0");
    public static readonly VersionRange CreationAnswersRoom = VersionRange.From("8.0");
    public static readonly VersionRange CreationAnswersNames = VersionRange.From("3.2");
    public static readonly VersionRange TypeHasDefault = VersionRange.From("21.1");
    public static readonly VersionRange CreationTakesObject = VersionRange.From("16.0");
    public static readonly VersionRange CreationTakesPassword = VersionRange.From("21.0");
    public static readonly VersionRange CreationTakesEverything = VersionRange.From("21.1");
    public static readonly VersionRange OutsidersSeeNoName = VersionRange.From("5.0");
    public static readonly VersionRange ChangelogRoom = VersionRange.From("6.0");
    public static readonly VersionRange NoteToSelfRoom = VersionRange.From("18.0");
    public static readonly VersionRange NobodyIsCounted = VersionRange.From("8.0");
    public static readonly VersionRange ParticipantMapHasSessions = VersionRange.From("5.0");
    public static readonly VersionRange LastOneMayLeave = VersionRange.From("10.0");
    public static readonly VersionRange OneToOneIsFilledByMessage = VersionRange.From("25");
    public static readonly VersionRange LeftOneToOneBecomesGroup = VersionRange.Before("6.0");
    public static readonly VersionRange LeftOneToOneNamesBoth = VersionRange.Between("10.0", "12.0");
    public static readonly VersionRange SoleModeratorMustStay = VersionRange.From("6.0");
    public static readonly VersionRange ListHasHash = VersionRange.From("8.0");
    public static readonly VersionRange ListHasModifiedBefore = VersionRange.From("16.0");
    public static readonly VersionRange ListTakesModifiedSince = VersionRange.From("16.0");
    public static readonly VersionRange ListDropsLastMessageOnDemand = VersionRange.From("21.0.2");
    public static readonly VersionRange MissingLastMessageIsAbsent = VersionRange.From("21.0");
    public static readonly VersionRange PasswordOnPrivateRoomIsBadRequest = VersionRange.From("15.0");
    public static readonly VersionRange MissingPasswordIsAnError = VersionRange.From("4.0");
    public static readonly ByVersion<int> RenameOneToOneStatus = new(("0", 405), ("6.0", 400));
    public static readonly ByVersion<int> LongestName = new(("0", 200), ("13.0", 255));
    public static readonly ByVersion<int> LongestDescription = new(("0", 500), ("21.0", 2000));
    public static readonly ByVersion<int> DefaultNotificationLevel = new(("0", 2), ("23.0", 1));
    public static readonly ByVersion<int> ModeratorPermissions = new(("0", 126), ("15.0", 254), ("24.0", 510));
    public static readonly ByVersion<int> UserPermissions = new(("0", 118), ("15.0", 246), ("24.0", 502));
    public static readonly ByVersion<int> MostPermissions = new(("0", 255), ("24.0", 511));

    // Participants.
    public static readonly VersionRange InvitesHaveSource = VersionRange.From("5.0");
    public static readonly VersionRange GroupsAreAttendees = VersionRange.From("12.0");
    public static readonly VersionRange AttendeesHaveIds = VersionRange.From("10.1");
    public static readonly VersionRange SecondInvitationTellsType = VersionRange.Between("6.0", "10.1");
    public static readonly VersionRange SecondInvitationFails = VersionRange.Between("10.1", "13.0");
    public static readonly VersionRange InvalidAddressFails = VersionRange.Before("13.0");
    public static readonly VersionRange AddTellsType = VersionRange.Before("21.0");
    public static readonly VersionRange FederatedInvitations = VersionRange.From("13.0");
    public static readonly VersionRange PhoneInvitations = VersionRange.From("18.0");
    public static readonly VersionRange StatusOnDemand = VersionRange.From("10.0");
    public static readonly ByVersion<int> WrongPromotionStatus = new(("0", 412), ("6.0", 400));
    public static readonly VersionRange PromotingSelfIsForbidden = VersionRange.From("10.1");
    public static readonly ByVersion<int> RemoveGuestWhoIsNoneStatus = new(("0", 403), ("5.0", 412), ("6.0", 400));
    public static readonly VersionRange RemovingSelfIsForbidden = VersionRange.Before("6.0");
    public static readonly VersionRange GuestsCanBePromoted = VersionRange.From("5.0");
    public static readonly VersionRange GuestNameOfUserIsNotFound = VersionRange.Between("10.1", "11.0");
    public static readonly VersionRange OwnersCanBePromoted = VersionRange.From("25.0");

    // Sessions.
    public static readonly VersionRange JoinAnswersRoom = VersionRange.From("7.0");
    public static readonly VersionRange JoinAnswerHasNulls = VersionRange.Between("10.1", "13.0");
    public static readonly VersionRange ManySessions = VersionRange.From("12.0");
    public static readonly VersionRange JoinConflicts = VersionRange.From("9.0");
    public static readonly VersionRange KickedSessionsSeeNothing = VersionRange.Between("10.1", "11.0");
    public static readonly VersionRange AnyReadIsPing = VersionRange.Between("4.0", "10.0");
    public static readonly ByVersion<int> SessionSeconds = new(("0", 30), ("4.0", 100));

    // Chat.
    public static readonly VersionRange OffsetPaging = VersionRange.Before("3.2");
    // An id that is no message of the room: history starts at the top again, so that a careless paging loop never ends.
    public static readonly VersionRange UnknownIdIsIgnored = VersionRange.Before("13.0");
    public static readonly VersionRange LookIntoFutureIsNeeded = VersionRange.From("6.0");
    public static readonly ByVersion<int> LongestPollSeconds = new(("0", 60), ("4.0", 30));
    public static readonly VersionRange SendAnswersMessage = VersionRange.From("5.0");
    public static readonly VersionRange EmptyMessagesAreRefused = VersionRange.From("13.0");
    public static readonly ByVersion<int> LongestMessage = new(("0", 1000), ("6.0", 32000));
    public static readonly VersionRange LongMessageIsServerError = VersionRange.Before("5.0");
    public static readonly VersionRange MissingMessageIsBadRequest = VersionRange.Between("5.0", "6.0");
    public static readonly VersionRange Replies = VersionRange.From("7.0");
    public static readonly VersionRange ReferenceIds = VersionRange.From("9.0");
    public static readonly VersionRange SilentSend = VersionRange.From("15.0");
    public static readonly VersionRange Threads = VersionRange.From("22.0");
    public static readonly VersionRange RichMessages = VersionRange.From("3.2");
    public static readonly VersionRange RichObjectsHaveIcons = VersionRange.From("17.0");
    public static readonly VersionRange MentionIds = VersionRange.From("19.0");
    public static readonly VersionRange LastMessageHasToken = VersionRange.From("8.0");
    public static readonly VersionRange LostParentIsNumbered = VersionRange.From("15.0");
    public static readonly VersionRange PlacesAreUnknown = VersionRange.Before("13.0");
    public static readonly VersionRange ChatNeedsPermission = VersionRange.From("15.0");
    public static readonly VersionRange QuotedMentionsAreReplaced = VersionRange.From("10.0");
    public static readonly VersionRange UnknownMentionsAreReplaced = VersionRange.Before("4.0");
    public static readonly VersionRange MentionAll = VersionRange.From("6.0");
    public static readonly VersionRange MentionAllByRoomName = VersionRange.From("7.0");
    public static readonly VersionRange MentionAllTellsSize = VersionRange.From("20.0");
    public static readonly VersionRange MentionGuests = VersionRange.From("7.0");
    public static readonly VersionRange MentionGuestsByName = VersionRange.From("8.0");
    public static readonly VersionRange SearchIsNeeded = VersionRange.From("6.0");
    public static readonly VersionRange MentionsOfferSelf = VersionRange.From("25.0");
    public static readonly VersionRange CommonReadHeader = VersionRange.From("11.0");
    public static readonly VersionRange CommonReadChangeEndsPoll = VersionRange.From("13.0");
    public static readonly VersionRange NothingReadIsMinusTwo = VersionRange.From("20.1");
    public static readonly VersionRange JoinedAttendeesHaveRead = VersionRange.From("11.0");
    public static readonly VersionRange ReadMarkerNeedsId = VersionRange.Before("19.0");
    public static readonly VersionRange ReadMarkerMovesByReading = VersionRange.Before("7.0");
    public static readonly VersionRange DeleteHasAgeLimit = VersionRange.Before("19.0");

    // Calls.
    public static readonly VersionRange JoinTakesFlags = VersionRange.From("4.0");
    public static readonly VersionRange FlagsAreNotCast = VersionRange.Between("4.0", "6.0");
    public static readonly VersionRange CallEndIsSummed = VersionRange.From("7.0");
    public static readonly VersionRange MissedCallsAreTold = VersionRange.From("12.1");
    public static readonly VersionRange EndForAll = VersionRange.From("13.0");
    public static readonly VersionRange LobbyClosesLeave = VersionRange.Between("7.0", "8.0");

    // Signaling.
    public static readonly VersionRange AnonymousSettingsAreRefused = VersionRange.Before("3.1");
    public static readonly VersionRange SettingsCheckToken = VersionRange.From("9.0");
    public static readonly VersionRange SettingsNeedTokenOfGuests = VersionRange.From("18.0");
    public static readonly VersionRange TokenlessSignaling = VersionRange.Before("3.2");
    public static readonly VersionRange KilledSessionIsConflict = VersionRange.From("10.0");
}

internal enum BadParameterAnswer
{
    XmlNotFound,
    ServerError,
    EmptyBadRequest,
}
