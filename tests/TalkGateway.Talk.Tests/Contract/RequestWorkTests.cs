using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.Talk.Tests.Contract;

/// <summary>What one request can make the gateway do grows with its length and no faster, whatever is in it.</summary>
public sealed class RequestWorkTests
{
    private const int Many = 10_000;

    // A server that has everything, so that no field is refused for the lack of it.
    private static readonly ServerProfile Newest = new(
        new[] { "conversation-v4", "chat-v2" }.ToFrozenSet(), new Version(99, 0), new Version(99, 0));

    public static TheoryData<string, string> Fields()
    {
        var data = new TheoryData<string, string>();
        foreach (var plan in TalkContract.Plans.Methods)
        {
            foreach (var (path, _) in FieldsOf(plan.Descriptor.InputType, []))
            {
                data.Add(plan.Descriptor.FullName, string.Join('.', path.Select(field => field.Name)));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Work_is_linear_and_violations_are_few_for_whatever_a_field_holds(string method, string path)
    {
        var plan = TalkContract.Plans[method];
        var fields = FieldsOf(plan.Descriptor.InputType, []).Single(found => string.Join('.', found.Path.Select(field => field.Name)) == path).Path;
        foreach (var value in new[] { "\xff\xfe", "a", "" })
        {
            // The first run fills the pools.
            Work(plan, fields, value, Many);
            var (once, twice) = (Work(plan, fields, value, Many), Work(plan, fields, value, 2 * Many));

            Assert.True(twice < (3 * once) + 1_000_000, $"{method} {path}: {once} bytes for {Many} values, {twice} for twice as many.");
        }
    }

    /// <summary>Bytes allocated while a request is refused or written: a measure of work that no machine changes.</summary>
    private static long Work(MethodPlan plan, IReadOnlyList<FieldDescriptor> path, string value, int count)
    {
        var message = Repeated(path, System.Text.Encoding.Latin1.GetBytes(value), count);
        var target = new UpstreamRequest();
        var route = plan.Resolve(Newest);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            route.WriteRequest(message, target);
        }
        catch (InvalidRequestException invalid)
        {
            Assert.True(invalid.Violations.Count <= 8, $"{invalid.Violations.Count} violations");
            Assert.All(invalid.Violations, violation => Assert.True(violation.Field.Length < 300));
        }
        catch (UnsupportedFieldException)
        {
            // Found after everything else was looked at.
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>A message that holds the field so many times, each time with a value that may be no value of the field's type.</summary>
    private static byte[] Repeated(IReadOnlyList<FieldDescriptor> path, byte[] value, int count)
    {
        using var inner = new MemoryStream();
        var output = new CodedOutputStream(inner);
        var field = path[^1];
        for (var i = 0; i < count; i++)
        {
            output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
            if (field.IsMap)
            {
                // A key of its own for each entry, of the length of a number.
                var key = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
                output.WriteBytes(ByteString.CopyFrom([0x0A, (byte)key.Length, .. System.Text.Encoding.ASCII.GetBytes(key), 0x12, (byte)value.Length, .. value]));
            }
            else
            {
                output.WriteBytes(ByteString.CopyFrom(value));
            }
        }

        output.Flush();
        var bytes = inner.ToArray();
        for (var i = path.Count - 2; i >= 0; i--)
        {
            using var outer = new MemoryStream();
            var wrapped = new CodedOutputStream(outer);
            wrapped.WriteTag(path[i].FieldNumber, WireFormat.WireType.LengthDelimited);
            wrapped.WriteBytes(ByteString.CopyFrom(bytes));
            wrapped.Flush();
            bytes = outer.ToArray();
        }

        return bytes;
    }

    /// <summary>Every repeated, map, text and message field of a message and of those inside it.</summary>
    private static IEnumerable<(IReadOnlyList<FieldDescriptor> Path, FieldDescriptor Field)> FieldsOf(MessageDescriptor message, FieldDescriptor[] path)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            FieldDescriptor[] here = [.. path, field];
            if (field.IsRepeated || field.IsMap || field.FieldType is FieldType.String or FieldType.Bytes or FieldType.Message)
            {
                yield return (here, field);
            }

            if (field.FieldType == FieldType.Message && !field.IsMap && path.Length < 3)
            {
                foreach (var inside in FieldsOf(field.MessageType, here))
                {
                    yield return inside;
                }
            }
        }
    }
}
