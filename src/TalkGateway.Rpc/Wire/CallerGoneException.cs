namespace TalkGateway.Rpc.Wire;

/// <summary>The caller reset the call or the connection broke while its messages were read.</summary>
internal sealed class CallerGoneException(Exception? cause = null) : OperationCanceledException("The caller went away.", cause);
