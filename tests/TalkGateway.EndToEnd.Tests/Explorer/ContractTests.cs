using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Configuration;
using TalkGateway.Explorer;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Explorer;

/// <summary>What <c>/explorer/contract.json</c> says is what the gateway serves.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private static readonly Vocabulary Vocabulary = new(TalkContract.Files);

    private RunningGateway _gateway = null!;
    private JsonElement _contract;
    private MethodDescriptor[] _mapped = [];

    public async Task InitializeAsync()
    {
        var keys = new Dictionary<string, string?> { ["Listen"] = "http://127.0.0.1:0", ["Upstreams:Servers:main:Address"] = "http://127.0.0.1:9" };
        _gateway = await GatewayHost.StartAsync(new CommandLineSettings(null, keys), CancellationToken.None);
        _mapped = [.. ExplorerEndpoint.MappedMethods(_gateway.App.Services.GetRequiredService<EndpointDataSource>())];
        using var http = new HttpClient { BaseAddress = _gateway.Address };
        _contract = JsonDocument.Parse(await http.GetStringAsync("/explorer/contract.json")).RootElement;
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public void Every_mapped_rpc_is_there_but_reflection_which_no_page_can_call()
    {
        var expected = _mapped.Select(method => $"{method.Service.FullName}/{method.Name}").Where(name => !name.StartsWith("grpc.reflection.", StringComparison.Ordinal));

        Assert.Equal(expected, Methods().Select(method => $"{method.Service}/{method.Name}"));
        Assert.Contains("grpc.health.v1.Health/Watch", expected);
    }

    [Fact]
    public void Every_rpc_has_its_comment_its_types_and_its_mapping()
    {
        var byName = _mapped.ToDictionary(method => $"{method.Service.FullName}/{method.Name}");
        foreach (var (service, name, described) in Methods())
        {
            var rpc = byName[$"{service}/{name}"];
            Assert.True(CommentOf(described).Length > 10, $"{rpc.FullName} has no comment");
            Assert.Equal(rpc.InputType.FullName, described.GetProperty("input").GetString());
            Assert.Equal(rpc.OutputType.FullName, described.GetProperty("output").GetString());
            Assert.Equal(rpc.IsServerStreaming, described.TryGetProperty("serverStreaming", out _));
            Assert.Equal(
                rpc.GetOptions()?.IdempotencyLevel is MethodOptions.Types.IdempotencyLevel.NoSideEffects, described.TryGetProperty("noSideEffects", out _));

            if (service.StartsWith("talk.", StringComparison.Ordinal))
            {
                var operation = JsonParser.Default.Parse<Operation>(described.GetProperty("operation").GetRawText());
                Assert.Equal(Vocabulary.OperationOf(rpc), operation);
            }
        }
    }

    [Fact]
    public void Every_field_of_every_message_is_there_with_its_comment_and_its_rules()
    {
        var seen = new HashSet<string>();
        foreach (var message in _mapped.Where(method => !method.IsClientStreaming).SelectMany(method => new[] { method.InputType, method.OutputType }))
        {
            Check(message, seen);
        }

        Assert.Equal(Names("messages"), seen.Where(name => Names("messages").Contains(name)).Order(StringComparer.Ordinal));
        Assert.Equal(Names("enums"), seen.Where(name => Names("enums").Contains(name)).Order(StringComparer.Ordinal));
    }

    private void Check(MessageDescriptor message, HashSet<string> seen)
    {
        if (message.File.Package == "google.protobuf" || !seen.Add(message.FullName))
        {
            return;
        }

        var described = _contract.GetProperty("messages").GetProperty(message.FullName).GetProperty("fields").EnumerateArray().ToArray();
        Assert.Equal(message.Fields.InDeclarationOrder().Select(field => field.JsonName), described.Select(field => field.GetProperty("jsonName").GetString()));
        foreach (var (field, description) in message.Fields.InDeclarationOrder().Zip(described))
        {
            Assert.True(CommentOf(description).Length > 5, $"{field.FullName} has no comment");
            Assert.Equal(field.IsRepeated, description.TryGetProperty("repeated", out _) || description.TryGetProperty("mapKey", out _));
            Assert.Equal(field.HasPresence, description.TryGetProperty("presence", out _));
            Assert.Equal(field.RealContainingOneof?.Name, description.TryGetProperty("oneof", out var oneof) ? oneof.GetString() : null);
            var annotation = description.TryGetProperty("annotation", out var given) ? JsonParser.Default.Parse<Field>(given.GetRawText()) : null;
            Assert.Equal(Vocabulary.FieldOf(field), annotation);
            Check(field.IsMap ? field.MessageType.FindFieldByNumber(2) : field, description, seen);
        }
    }

    private void Check(FieldDescriptor value, JsonElement description, HashSet<string> seen)
    {
        Assert.Equal(value.FieldType.ToString(), description.GetProperty("type").GetString(), ignoreCase: true);
        switch (value.FieldType)
        {
            case FieldType.Message:
                Assert.Equal(value.MessageType.FullName, description.GetProperty("typeName").GetString());
                Check(value.MessageType, seen);
                break;
            case FieldType.Enum:
                seen.Add(value.EnumType.FullName);
                var values = _contract.GetProperty("enums").GetProperty(value.EnumType.FullName).GetProperty("values").EnumerateArray();
                Assert.Equal(
                    value.EnumType.Values.Select(each => (each.Name, each.Number)),
                    values.Select(each => (each.GetProperty("name").GetString()!, each.GetProperty("number").GetInt32())));
                break;
            default:
                break;
        }
    }

    private IEnumerable<(string Service, string Name, JsonElement Described)> Methods() =>
        from service in _contract.GetProperty("services").EnumerateArray()
        from method in service.GetProperty("methods").EnumerateArray()
        select (service.GetProperty("name").GetString()!, method.GetProperty("name").GetString()!, method);

    private string[] Names(string section) =>
        [.. _contract.GetProperty(section).EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];

    private static string CommentOf(JsonElement described) => described.TryGetProperty("comment", out var comment) ? comment.GetString()! : "";
}
