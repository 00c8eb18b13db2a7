using Google.Protobuf.Reflection;
using TalkGateway.Talk;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>Where each rpc of the contract is reached. A request message belongs to one rpc only, so it names it.</summary>
internal static class RpcPaths
{
    private static readonly Dictionary<MessageDescriptor, string> Paths = TalkContract.Files
        .SelectMany(file => file.Services)
        .SelectMany(service => service.Methods)
        .ToDictionary(method => method.InputType, method => $"{method.Service.FullName}/{method.Name}");

    /// <summary>Full names such as <c>talk.v1.RoomService/GetRoom</c>.</summary>
    public static IReadOnlyCollection<string> All => Paths.Values;

    /// <summary>The rpc that takes this message.</summary>
    public static string Of(MessageDescriptor request) => Paths[request];
}
