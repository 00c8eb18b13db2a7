using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Enum = System.Enum;

namespace TalkGateway.Transcoding.Tests;

/// <summary>Messages and JSON made up from a seed.</summary>
internal sealed class RandomMessages(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Fills about a third of the fields.</summary>
    public IMessage Message(MessageDescriptor type, int depth = 0)
    {
        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        if (type.FullName == Duration.Descriptor.FullName)
        {
            return new Duration { Seconds = _random.NextInt64(-315_576_000_000, 315_576_000_000) };
        }

        if (type.FullName == Value.Descriptor.FullName)
        {
            return AnyValue(depth);
        }

        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (_random.Next(3) > 0 || (depth > 3 && field.FieldType == FieldType.Message))
            {
                continue;
            }

            if (field.IsMap)
            {
                var map = (IDictionary)field.Accessor.GetValue(message);
                for (var i = _random.Next(3); i >= 0; i--)
                {
                    // An empty key comes back under another name, see AnswerMemberTests.
                    var key = Scalar(field.MessageType.FindFieldByNumber(1), depth);
                    map[key is "" ? "key" : key] = Scalar(field.MessageType.FindFieldByNumber(2), depth);
                }
            }
            else if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var i = _random.Next(4); i >= 0; i--)
                {
                    list.Add(Scalar(field, depth));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Scalar(field, depth));
            }
        }

        return message;
    }

    public string Text()
    {
        string[] pieces = ["a", "Z", "\"", "\\", "/", "\n", "\u0001", "é", "€", "😀", " ", "{", "ocs", "0", "\uFFFD", "\u2028"];
        return string.Concat(Enumerable.Range(0, _random.Next(8)).Select(_ => pieces[_random.Next(pieces.Length)]));
    }

    public int Below(int limit) => _random.Next(limit);

    public long Number() => _random.Next(4) switch
    {
        0 => _random.Next(3) - 1,
        1 => _random.Next(-200, 70_000),
        2 => _random.NextInt64(-(1L << 53), 1L << 53),
        _ => _random.NextInt64(),
    };

    private object Scalar(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)Number(),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Number(),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Number(),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Number(),
        FieldType.Float => (float)Real(),
        FieldType.Double => Real(),
        FieldType.String => Text(),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[_random.Next(field.EnumType.Values.Count)].Number),
        _ => Message(field.MessageType, depth + 1),
    };

    private double Real() => _random.Next(3) switch
    {
        0 => Number(),
        1 => _random.NextDouble() * Math.Pow(10, _random.Next(-30, 30)),
        _ => _random.Next(100) / 4.0,
    };

    private Value AnyValue(int depth) => _random.Next(depth > 4 ? 4 : 6) switch
    {
        0 => Value.ForNull(),
        1 => Value.ForBool(_random.Next(2) == 0),
        2 => Value.ForNumber(_random.Next(-1000, 1000) / 8.0),
        3 => Value.ForString(Text()),
        4 => Value.ForList([.. Enumerable.Range(0, _random.Next(3)).Select(_ => AnyValue(depth + 1))]),
        _ => Value.ForStruct(new Struct { Fields = { Enumerable.Range(0, _random.Next(3)).ToDictionary(i => Text() + i, _ => AnyValue(depth + 1)) } }),
    };
}
