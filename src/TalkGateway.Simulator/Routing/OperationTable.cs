namespace TalkGateway.Simulator;

/// <summary>Every operation the simulator has; the tables are those of the classes that carry them out.</summary>
internal static class OperationTable
{
    /// <summary>Below <c>/ocs/v2.php</c>, without a version.</summary>
    public static readonly OcsOperation[] Core = ServerOperations.Table;

    /// <summary>Below <c>/ocs/v2.php/apps/spreed/api/v{n}</c>.</summary>
    public static readonly OcsOperation[] Talk =
    [
        .. RoomOperations.Table,
        .. RoomSettings.Table,
        .. ParticipantOperations.Table,
        .. RankOperations.Table,
        .. SessionOperations.Table,
        .. CallOperations.Table,
        .. ChatOperations.Table,
        .. SignalingOperations.Table,
    ];
}
