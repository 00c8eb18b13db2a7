using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class AnnotationMistakeTests
{
    [Theory]
    [InlineData("UnknownPathField", "field nope")]
    [InlineData("UnguardedPathField", "neither required nor limited by a pattern")]
    [InlineData("ListInPath", "list cannot go into a path")]
    [InlineData("BrokenPath", "a brace without its pair")]
    [InlineData("RelativePath", "does not begin with a slash")]
    [InlineData("NoAbsolutePath", "does not begin with a slash")]
    [InlineData("UnknownFamily", "family \"nope\" is unknown")]
    [InlineData("UnknownPolyfill", "polyfill \"nope\" is unknown")]
    [InlineData("BadMethod", "\"PATCH\"")]
    [InlineData("BadVariantMethod", "\"get\"")]
    [InlineData("NoId", "no id")]
    [InlineData("NoOperation", "has no operation")]
    [InlineData("Streaming", "streaming")]
    [InlineData("UnknownVariantField", "\"nope\"")]
    [InlineData("UnknownWithField", "\"nope\"")]
    [InlineData("AnswerByField", "no variant can change the answer")]
    [InlineData("UnknownCode", "\"NOPE\"")]
    [InlineData("BadErrorStatus", "42")]
    [InlineData("BadReason", "UPPER_SNAKE_CASE")]
    [InlineData("BadVersion", "\"eight\"")]
    [InlineData("ApiWithoutFamily", "has no family")]
    [InlineData("BytesInBody", "data is bytes")]
    [InlineData("UnknownInto", "nope")]
    [InlineData("NeverFilled", "other is never filled")]
    [InlineData("BytesWithoutField", "needs a bytes field")]
    [InlineData("BadEmptyStatus", "empty_on has 7")]
    [InlineData("BadPatternRule", "no regular expression")]
    [InlineData("LookAroundRule", "no regular expression")]
    [InlineData("TextRule", "rules about text")]
    [InlineData("NumberRule", "rules about numbers")]
    [InlineData("ImpossibleRule", "rules that nothing can keep")]
    [InlineData("EncodingOfRequest", "encoding ZeroOne")]
    [InlineData("EncodingOfAnswer", "encoded as a bool")]
    [InlineData("Flatten", "is flattened")]
    [InlineData("SameParameter", "both sent as \"x\"")]
    [InlineData("SameMember", "both claim \"x\"")]
    [InlineData("QueryOfMessage", "plain cannot go into a query")]
    [InlineData("AnyInRequest", "google.protobuf.Any")]
    [InlineData("AnyInAnswer", "google.protobuf.Any")]
    [InlineData("BytesInAnswer", "bytes cannot be read from JSON")]
    [InlineData("UnknownFallback", "fallback \"nope\"")]
    [InlineData("RestOfText", "no google.protobuf.Struct")]
    [InlineData("RestTwice", "more than one field marked `rest`")]
    [InlineData("StatusOfText", "cannot hold an HTTP status")]
    [InlineData("StatusWithoutList", "`statuses`")]
    [InlineData("NestedHeader", "part of another")]
    [InlineData("WordMissing", "HALF_TWO has no text")]
    [InlineData("WaitsForText", "\"text\", which is no Duration")]
    [InlineData("WaitsOnNothing", "\"NOPE\", which is no value of an enum")]
    [InlineData("WaitsWithoutTime", "without `waits_seconds`")]
    [InlineData("CompleteNoField", "field \"plain.nope\", which mistakes.v1.Named does not have")]
    [InlineData("CompleteNoRpc", "\"Nope\", which is not the name of one rpc")]
    [InlineData("CompleteByWriting", "CompleteByWriting.Write, which does more than read")]
    [InlineData("CompleteWithOther", "no field plain as this one's")]
    [InlineData("CompleteWithoutParameter", "needs a field token that mistakes.v1.Empty does not have")]
    [InlineData("CompleteInTurn", "whose answers are completed themselves")]
    [InlineData("UnknownErrors", "\"nope\", which no file defines")]
    [InlineData("ErrorsForOthers", "field \"nope\", which the request does not have")]
    [InlineData("UnknownRule", "\"nope\", which no file defines")]
    [InlineData("RuleBesideRules", "rules of its own beside those named \"short\"")]
    [InlineData("RuleForOthers", "rules about text, but is none")]
    [InlineData("WordTwice", "two values with the text \"one\"")]
    public void A_mistake_stops_the_compilation_and_names_its_rpc(string service, string expected)
    {
        var mistakes = World.MistakesOf(service);

        Assert.All(mistakes, mistake => Assert.StartsWith($"mistakes.v1.{service}.Do: ", mistake));
        Assert.Contains(mistakes, mistake => mistake.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_mistake_in_the_defaults_of_a_file_names_the_file()
    {
        var mistakes = Assert.Throws<AnnotationException>(() => PlanSet.Compile([Mistakes.V1.DefaultsReflection.Descriptor], World.Options)).Mistakes;

        Assert.Equal(
            [
                "defaults.proto: the default family \"nope\" is unknown",
                "defaults.proto: some default rules have no name",
                "defaults.proto: the default rules \"empty\" say nothing",
                "defaults.proto: the default rules \"pattern\" have the pattern \"(\", which is no regular expression",
                "defaults.proto: the default rules \"twice\" are defined a second time",
                "defaults.proto: an error rule has the code \"NOPE\", which is no gRPC error",
                "defaults.proto: an error rule has 42, which is no HTTP status",
                "defaults.proto: the default errors \"status\" are defined a second time",
            ],
            mistakes.Select(mistake => mistake.Split(" without look-around")[0]));
    }

    [Fact]
    public void All_mistakes_of_a_contract_are_listed_at_once()
    {
        var services = Mistakes.V1.MistakesReflection.Descriptor.Services;

        var mistakes = Assert.Throws<AnnotationException>(() => PlanSet.Compile([Mistakes.V1.MistakesReflection.Descriptor], World.Options)).Mistakes;

        Assert.All(services, service => Assert.Contains(mistakes, mistake => mistake.StartsWith(service.FullName + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void Services_without_operations_are_left_out()
    {
        var plans = PlanSet.Compile([Google.Protobuf.WellKnownTypes.StructReflection.Descriptor, Sample.V1.SampleReflection.Descriptor], World.Options);

        Assert.Equal(World.Plans.Methods.Select(plan => plan.FullName), plans.Methods.Select(plan => plan.FullName));
    }
}
