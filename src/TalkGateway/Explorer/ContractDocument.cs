using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding;

namespace TalkGateway.Explorer;

/// <summary>
/// Writes the contract as the JSON that the explorer's page reads: services with their rpcs, and the messages and enums that these
/// use, all with their comments. Generated code has no comments, so they come from the descriptor set that the build embeds.
/// </summary>
internal sealed class ContractDocument
{
    private const string DescriptorSet = "Explorer/contract.binpb";

    private readonly Utf8JsonWriter _json;
    private readonly Vocabulary _vocabulary;
    private readonly TypeQueue _types = new();

    private ContractDocument(Utf8JsonWriter json, Vocabulary vocabulary)
    {
        _json = json;
        _vocabulary = vocabulary;
    }

    /// <summary>
    /// Describes the methods, by service. A service whose every rpc takes a stream of requests (server reflection) is left out, since
    /// no page can call it.
    /// </summary>
    public static byte[] Write(IEnumerable<MethodDescriptor> methods)
    {
        var files = ReadDescriptors();
        var described = files.SelectMany(file => file.Services).SelectMany(service => service.Methods).ToDictionary(method => method.FullName);
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            new ContractDocument(json, new Vocabulary(files)).Write(
                methods.GroupBy(method => method.Service.FullName)
                    .Where(service => service.Any(method => !method.IsClientStreaming))
                    .Select(service => service.Select(method => described[method.FullName]).ToArray()));
        }

        return output.WrittenSpan.ToArray();
    }

    private static IReadOnlyList<FileDescriptor> ReadDescriptors()
    {
        var extensions = new ExtensionRegistry
        {
            AnnotationsExtensions.Defaults, AnnotationsExtensions.Operation, AnnotationsExtensions.Field, AnnotationsExtensions.Text,
        };
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(DescriptorSet)!;
        var set = FileDescriptorSet.Parser.WithExtensionRegistry(extensions).ParseFrom(resource);
        return FileDescriptor.BuildFromByteStrings(set.File.Select(file => file.ToByteString()), extensions);
    }

    private void Write(IEnumerable<MethodDescriptor[]> services)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("services");
        foreach (var methods in services)
        {
            var service = methods[0].Service;
            _json.WriteStartObject();
            _json.WriteString("name", service.FullName);
            WriteComment(service.Declaration);
            _json.WriteStartArray("methods");
            foreach (var method in methods)
            {
                Write(method);
            }

            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        _json.WriteEndArray();

        _json.WriteStartObject("messages");
        while (_types.TryTakeMessage(out var message))
        {
            Write(message);
        }

        _json.WriteEndObject();

        _json.WriteStartObject("enums");
        foreach (var type in _types.Enums)
        {
            Write(type);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Write(MethodDescriptor method)
    {
        _types.Add(method.InputType);
        _types.Add(method.OutputType);
        var options = method.GetOptions();
        _json.WriteStartObject();
        _json.WriteString("name", method.Name);
        WriteComment(method.Declaration);
        _json.WriteString("input", method.InputType.FullName);
        _json.WriteString("output", method.OutputType.FullName);
        WriteIf("clientStreaming", method.IsClientStreaming);
        WriteIf("serverStreaming", method.IsServerStreaming);
        WriteIf("deprecated", options?.Deprecated ?? false);
        switch (options?.IdempotencyLevel)
        {
            case MethodOptions.Types.IdempotencyLevel.NoSideEffects:
                _json.WriteBoolean("noSideEffects", true);
                break;
            case MethodOptions.Types.IdempotencyLevel.Idempotent:
                _json.WriteBoolean("idempotent", true);
                break;
            default:
                break;
        }

        WriteAnnotation("operation", _vocabulary.OperationOf(method));
        _json.WriteEndObject();
    }

    private void Write(MessageDescriptor message)
    {
        _json.WriteStartObject(message.FullName);
        WriteComment(message.Declaration);
        _json.WriteStartArray("fields");
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            Write(field);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Write(FieldDescriptor field)
    {
        var options = field.GetOptions();
        _json.WriteStartObject();
        _json.WriteString("name", field.Name);
        _json.WriteString("jsonName", field.JsonName);
        WriteComment(field.Declaration);
        if (field.IsMap)
        {
            WriteType(field.MessageType.FindFieldByNumber(2));
            _json.WriteString("mapKey", TypeName(field.MessageType.FindFieldByNumber(1)));
        }
        else
        {
            WriteType(field);
            WriteIf("repeated", field.IsRepeated);
            WriteIf("presence", field.HasPresence);
        }

        if (field.RealContainingOneof is { } oneof)
        {
            _json.WriteString("oneof", oneof.Name);
        }

        WriteIf("deprecated", options?.Deprecated ?? false);
        WriteAnnotation("annotation", _vocabulary.FieldOf(field));
        _json.WriteEndObject();
    }

    private void WriteType(FieldDescriptor field)
    {
        _json.WriteString("type", TypeName(field));
        switch (field.FieldType)
        {
            case FieldType.Message or FieldType.Group:
                _types.Add(field.MessageType);
                _json.WriteString("typeName", field.MessageType.FullName);
                break;
            case FieldType.Enum:
                _types.Add(field.EnumType);
                _json.WriteString("typeName", field.EnumType.FullName);
                break;
            default:
                break;
        }
    }

    private void Write(EnumDescriptor type)
    {
        _json.WriteStartObject(type.FullName);
        WriteComment(type.Declaration);
        _json.WriteStartArray("values");
        foreach (var value in type.Values)
        {
            _json.WriteStartObject();
            _json.WriteString("name", value.Name);
            _json.WriteNumber("number", value.Number);
            WriteComment(value.Declaration);
            WriteIf("deprecated", value.GetOptions()?.Deprecated ?? false);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    /// <summary>The comment above something, or behind it, with its lines joined; an empty line begins a new paragraph.</summary>
    private void WriteComment(DescriptorDeclaration? declaration)
    {
        var comment = declaration is null or { LeadingComments.Length: > 0 } ? declaration?.LeadingComments : declaration.TrailingComments;
        var lines = (comment ?? "").Split('\n').Select(line => line.Trim());
        var paragraphs = string.Join('\n', lines).Trim().Split("\n\n").Select(paragraph => paragraph.Replace('\n', ' '));
        if (string.Join("\n\n", paragraphs) is { Length: > 0 } text)
        {
            _json.WriteString("comment", text);
        }
    }

    private void WriteAnnotation(string name, IMessage? annotation)
    {
        if (annotation is not null)
        {
            _json.WritePropertyName(name);
            _json.WriteRawValue(JsonFormatter.Default.Format(annotation));
        }
    }

    private void WriteIf(string name, bool value)
    {
        if (value)
        {
            _json.WriteBoolean(name, true);
        }
    }

    /// <summary>The type as the language of .proto files writes it.</summary>
    private static string TypeName(FieldDescriptor field) => field.FieldType.ToString().ToLowerInvariant();

    /// <summary>The types that have been mentioned, each once. Those with a JSON form of their own need no description.</summary>
    private sealed class TypeQueue
    {
        private readonly HashSet<string> _seen = [.. Struct.Concat(Wrappers).Concat(["Any", "Duration", "FieldMask", "Timestamp"]).Select(name => "google.protobuf." + name)];
        private readonly Queue<MessageDescriptor> _messages = [];
        private readonly List<EnumDescriptor> _enums = [];

        private static string[] Struct => ["Struct", "Value", "ListValue"];

        private static string[] Wrappers =>
            ["BoolValue", "BytesValue", "DoubleValue", "FloatValue", "Int32Value", "Int64Value", "StringValue", "UInt32Value", "UInt64Value"];

        public IReadOnlyList<EnumDescriptor> Enums => _enums;

        public void Add(MessageDescriptor message)
        {
            if (_seen.Add(message.FullName))
            {
                _messages.Enqueue(message);
            }
        }

        public void Add(EnumDescriptor type)
        {
            if (_seen.Add(type.FullName))
            {
                _enums.Add(type);
            }
        }

        public bool TryTakeMessage([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MessageDescriptor? message) => _messages.TryDequeue(out message);
    }
}
