using System.Runtime.CompilerServices;

namespace TalkGateway.Transcoding.Answers;

/// <summary>
/// Reads JSON into protobuf's wire format in one pass: every member goes straight to the output, with lengths filled in behind.
/// What is rare (an alias that a better name outdoes, a duplicate, members for <c>rest</c>) is put right afterwards.
/// </summary>
/// <remarks>
/// Member by member: the name is compared with the one that followed the last time, else looked up; then every field that claims
/// it may take the value. A value that does not fit a field leaves no trace in the output. What no field takes goes to the field
/// marked <c>rest</c>.
/// </remarks>
internal ref partial struct AnswerParser
{
    // Objects and arrays inside each other, each of which takes some of the stack.
    private const int MaxDepth = 64;

    // Messages inside messages, on the protobuf side. Parsers refuse more than 100, and any JSON takes up to three per level.
    private const int MaxNesting = 96;

    private readonly AnswerState _state;
    private readonly ByteBuffer _output;
    private JsonCursor _json;

    private int _depth;
    private int _nesting;

    public AnswerParser(AnswerState state, ReadOnlySpan<byte> json)
    {
        _state = state;
        _output = state.Output;
        _json = new JsonCursor(json);
    }

    /// <summary>Reads the object that stands here into the fields of a message.</summary>
    public void ReadObject(AnswerMessage plan)
    {
        Descend(1);
        var start = _json.Position;
        var frame = _state.OpenFrame(plan.Fields.Length);
        var unclaimed = _state.UnclaimedCount;
        _json.Position++;
        _json.SkipWhitespace();
        if (_json.Current == '}')
        {
            _json.Position++;
        }
        else
        {
            ReadMembers(plan, frame);
        }

        if (plan.Fallbacks is not null)
        {
            RunFallbacks(plan.Fallbacks, frame, _json.Json[start.._json.Position]);
        }

        if (_state.UnclaimedCount > unclaimed)
        {
            WriteRest(plan.RestTag!, unclaimed);
        }

        _state.CloseFrame(frame, unclaimed);
        Ascend(1);
    }

    private void ReadMembers(AnswerMessage plan, int frame)
    {
        AnswerMember? previous = null;
        while (true)
        {
            var namePosition = _json.Position;
            var guess = previous is null ? plan.First : previous.Successor;
            if (guess is not null && _json.Json[namePosition..].StartsWith(guess.Quoted))
            {
                _json.Position += guess.Quoted.Length;
            }
            else if ((guess = FindMember(plan)) is not null)
            {
                if (previous is null)
                {
                    plan.First = guess;
                }
                else
                {
                    previous.Successor = guess;
                }
            }

            _json.SkipWhitespace();
            if (guess is not null)
            {
                previous = guess;
                ReadMember(plan, guess, frame, namePosition);
            }
            else
            {
                Leave(plan, namePosition, _json.Position);
            }

            _json.SkipWhitespace();
            var next = _json.Current;
            if (next != ',' && next != '}')
            {
                _json.Fail("a comma or a closing brace is expected");
            }

            _json.Position++;
            if (next == '}')
            {
                return;
            }

            _json.SkipWhitespace();
        }
    }

    private AnswerMember? FindMember(AnswerMessage plan)
    {
        if (_json.Current != '"')
        {
            _json.Fail("a name is expected");
        }

        var raw = _json.ReadString(out var escaped);
        _json.Expect((byte)':', "a colon is expected");
        if (!escaped)
        {
            return plan.Find(raw);
        }

        // No name of ours is longer than this.
        if (raw.Length > 256)
        {
            return null;
        }

        Span<byte> name = stackalloc byte[raw.Length];
        return plan.Find(name[..JsonText.Unescape(raw, name)]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadMember(AnswerMessage plan, AnswerMember member, int frame, int namePosition)
    {
        var claims = member.Claims;
        var valuePosition = _json.Position;
        if (claims.Length != 1)
        {
            ReadShared(plan, member, frame, namePosition);
        }
        else if (!TryFill(plan, claims[0], frame, namePosition))
        {
            _json.Position = valuePosition;
            Leave(plan, namePosition, valuePosition);
        }
    }

    /// <summary>A member that several fields claim.</summary>
    private void ReadShared(AnswerMessage plan, AnswerMember member, int frame, int namePosition)
    {
        var valuePosition = _json.Position;
        var first = _json.Current;
        var end = -1;
        var kindTaken = false;
        foreach (var claim in member.Claims)
        {
            if (claim.Condition == ClaimCondition.ByKind && !IsOwnKind(claim.Field, first))
            {
                continue;
            }

            _json.Position = valuePosition;
            if (TryFill(plan, claim, frame, namePosition))
            {
                end = _json.Position;
                kindTaken |= claim.Condition == ClaimCondition.ByKind;
            }
        }

        for (var i = 0; i < member.Claims.Length && !kindTaken; i++)
        {
            var claim = member.Claims[i];
            _json.Position = valuePosition;
            if (claim.Condition == ClaimCondition.ByKind && !IsOwnKind(claim.Field, first) && TryFill(plan, claim, frame, namePosition))
            {
                end = _json.Position;
                kindTaken = true;
            }
        }

        if (end >= 0)
        {
            _json.Position = end;
        }
        else
        {
            _json.Position = valuePosition;
            Leave(plan, namePosition, valuePosition);
        }
    }

    private static bool IsOwnKind(AnswerField field, byte first)
    {
        var kind = first switch
        {
            (byte)'"' => JsonKind.Text,
            (byte)'{' => JsonKind.Object,
            (byte)'[' => JsonKind.Array,
            (byte)'t' or (byte)'f' => JsonKind.Boolean,
            (byte)'n' => JsonKind.Any,
            _ => JsonKind.Number,
        };
        return kind == JsonKind.Any || field.OwnKind == kind || field.OwnKind == JsonKind.Any;
    }

    /// <summary>Lets a field take the value. False where it does not fit, or where a better name has filled the field.</summary>
    private bool TryFill(AnswerMessage plan, Claim claim, int frame, int namePosition)
    {
        var field = claim.Field;
        var slotIndex = frame + field.Slot;
        if (_state.Slot(slotIndex).Rank != 0)
        {
            return TryRefill(plan, claim, frame, namePosition);
        }

        var start = _output.Length;
        var outcome = ReadField(field);
        if (outcome == Outcome.Unfit)
        {
            _output.Length = start;
            return false;
        }

        if (outcome != Outcome.Null)
        {
            ref var slot = ref _state.Slot(slotIndex);
            slot.Start = start;
            slot.End = _output.Length;
            slot.NamePosition = namePosition;
            slot.Rank = claim.Rank;
            slot.AskFallback = outcome == Outcome.BooleanAsNumber && field.Fallback is not null;
        }

        return true;
    }

    /// <summary>The field has a value already: of a worse alias, of a better name, or of a duplicate in front.</summary>
    private bool TryRefill(AnswerMessage plan, Claim claim, int frame, int namePosition)
    {
        var slotIndex = frame + claim.Field.Slot;
        var old = _state.Slot(slotIndex);
        if (old.Rank != claim.Rank && _json.Current == 'n')
        {
            // Null under another name: as if it were not there.
            _json.ExpectLiteral("null"u8);
            return true;
        }

        if (old.Rank < claim.Rank)
        {
            return false;
        }

        _state.Slot(slotIndex) = default;
        if (!TryFill(plan, claim, frame, namePosition))
        {
            _state.Slot(slotIndex) = old;
            return false;
        }

        var cut = old.End - old.Start;
        if (cut > 0)
        {
            _output.Remove(old.Start, old.End);
            foreach (ref var slot in _state.Frame(frame))
            {
                if (slot.Start >= old.End)
                {
                    slot.Start -= cut;
                    slot.End -= cut;
                }
            }
        }

        if (old.Rank > claim.Rank)
        {
            LeaveOutdone(plan, frame, old.NamePosition);
        }

        return true;
    }

    /// <summary>A member that lost its field to a better name is unclaimed, unless another field has it as well.</summary>
    private void LeaveOutdone(AnswerMessage plan, int frame, int namePosition)
    {
        if (plan.RestTag is null)
        {
            return;
        }

        foreach (ref var slot in _state.Frame(frame))
        {
            if (slot.Rank != 0 && slot.NamePosition == namePosition)
            {
                return;
            }
        }

        var name = new JsonCursor(_json.Json, namePosition);
        name.ReadString(out _);
        name.Expect((byte)':', "a colon is expected");
        name.SkipWhitespace();
        _state.AddUnclaimed(namePosition, name.Position);
    }

    /// <summary>Steps over a value that no field takes, and remembers it for the field marked <c>rest</c>.</summary>
    private void Leave(AnswerMessage plan, int namePosition, int valuePosition)
    {
        _json.SkipValue();
        if (plan.RestTag is not null)
        {
            _state.AddUnclaimed(namePosition, valuePosition);
        }
    }

    private void WriteRest(byte[] tag, int first)
    {
        _nesting += NestingOfStruct;
        _output.Write(tag);
        var start = BeginLength(2);
        var end = _json.Position;
        for (var i = first; i < _state.UnclaimedCount; i++)
        {
            var unclaimed = _state.GetUnclaimed(i);
            _json.Position = unclaimed.Name;
            var name = _json.ReadString(out var escaped);
            _json.Position = unclaimed.Value;
            WriteStructEntry(name, escaped);
        }

        _json.Position = end;
        EndLength(start, 2);
        _nesting -= NestingOfStruct;
    }

    /// <summary>Enters an object or array, which takes so many messages inside each other.</summary>
    private void Descend(int messages)
    {
        if (!HasRoom(messages))
        {
            _json.Fail("it is nested too deeply");
        }

        _depth++;
        _nesting += messages;
    }

    private readonly bool HasRoom(int messages) => _depth < MaxDepth && _nesting + messages <= MaxNesting;

    private void Ascend(int messages)
    {
        _depth--;
        _nesting -= messages;
    }
}

/// <summary>What became of a value that was offered to a field.</summary>
internal enum Outcome
{
    /// <summary>It is of a kind the field cannot hold. The output may hold a part, which the caller cuts off.</summary>
    Unfit,

    /// <summary>It is in the output.</summary>
    Written,

    /// <summary>It stands for "absent" and nothing was written.</summary>
    Absent,

    /// <summary>It is null: as if the member were not there.</summary>
    Null,

    /// <summary>As <see cref="Written"/>, for a boolean in a field of numbers.</summary>
    BooleanAsNumber,
}
