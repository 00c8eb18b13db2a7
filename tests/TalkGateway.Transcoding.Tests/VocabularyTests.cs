using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Sample.V1;
using TalkGateway.Ocs.V1;
using Xunit;
using Field = TalkGateway.Ocs.V1.Field;

namespace TalkGateway.Transcoding.Tests;

/// <summary>What annotations leave unsaid, because it stands once for many or goes without saying.</summary>
public class VocabularyTests
{
    private static readonly PlanSet Plans = PlanSet.Compile([SharedReflection.Descriptor], World.Options);
    private static readonly Vocabulary Vocabulary = new([SharedReflection.Descriptor]);

    [Fact]
    public void An_operation_without_a_family_has_that_of_its_file()
    {
        Assert.Equal("items", Plan("Touch").Family);
        Assert.Equal("f", Plan("List").Family);
    }

    [Fact]
    public void A_slash_in_place_of_the_family_makes_the_path_absolute()
    {
        Assert.Equal("", Plan("Ping").Family);
        Assert.Equal("/ping.php", Plan("Ping").Resolve(new World()).PathTemplate);
    }

    [Fact]
    public void A_field_has_the_rules_that_it_names_wherever_they_stand()
    {
        Assert.Equal("id", Assert.Single(Refused(new TouchRequest { Id = "not an id" })).Field);
        Assert.Equal("id", Assert.Single(Refused(new TouchRequest())).Field);
        Plan("Touch").Resolve(new World()).WriteRequest(new TouchRequest { Id = "ab12" }.ToByteArray(), new UpstreamRequest());
    }

    [Fact]
    public void Error_rules_that_are_named_come_with_the_own_ones_and_the_narrower_before_the_wider() =>
        Assert.Equal(
            [
                new ErrorRule { HttpStatus = 400, UpstreamReason = "lock", Code = "ABORTED" },
                new ErrorRule { HttpStatus = 400, UpstreamReason = "name", Field = "id" },
                new ErrorRule { HttpStatus = 400, Member = "old", Code = "ABORTED" },
                new ErrorRule { HttpStatus = 400, Message = "what else is wrong" },
                new ErrorRule { HttpStatus = 423, Code = "ABORTED" },
            ],
            Plan("Touch").Errors);

    [Fact]
    public void The_only_message_or_list_of_a_response_takes_the_data_as_a_whole()
    {
        Assert.Equal("a", TouchResponse.Parser.ParseFrom(Receive("Touch", World.Envelope("""{"id":"a"}"""))).Item.Id);
        Assert.Equal(["a", "b"], ListResponse.Parser.ParseFrom(Receive("List", World.Envelope("""[{"id":"a"},{"id":"b"}]"""))).Items.Select(item => item.Id));
        Assert.Equal("a", ListResponse.Parser.ParseFrom(Receive("List", """[{"id":"a"}]""", new World { Version = new Version(4, 0) })).Items[0].Id);
    }

    [Fact]
    public void A_dot_keeps_the_data_for_the_response_itself() =>
        Assert.Equal("a", Wrapping.Parser.ParseFrom(Receive("Wrapped", World.Envelope("""{"item":{"id":"a"}}"""))).Item.Id);

    [Fact]
    public void Who_reads_annotations_gets_them_in_full()
    {
        var touch = Vocabulary.OperationOf(Method("Touch"))!;

        Assert.Equal(("items", "item", 5, 0), (touch.Family, touch.Answer.Into, touch.Errors.Count, touch.CommonErrors.Count));
        Assert.Equal(
            new Field { Rules = new Rules { Required = true, Pattern = "^[a-z0-9]{2,8}$" } },
            Vocabulary.FieldOf(TouchRequest.Descriptor.FindFieldByName("id")));
        Assert.Null(Vocabulary.FieldOf(TouchResponse.Descriptor.FindFieldByName("item")));
        Assert.Null(Vocabulary.OperationOf(Mistakes.V1.MistakesReflection.Descriptor.Services.Single(service => service.Name == "NoOperation").Methods[0]));
    }

    private static MethodDescriptor Method(string name) => SharedReflection.Descriptor.Services[0].FindMethodByName(name);

    private static MethodPlan Plan(string name) => Plans[Method(name)];

    private static IReadOnlyList<FieldViolation> Refused(TouchRequest request) =>
        Assert.Throws<InvalidRequestException>(() => Plan("Touch").Resolve(new World()).WriteRequest(request.ToByteArray(), new UpstreamRequest())).Violations;

    private static byte[] Receive(string name, string body, World? world = null)
    {
        var server = world ?? new World();
        var target = new ArrayBufferWriter<byte>();
        Plan(name).Resolve(server).ReadAnswer(200, server, System.Text.Encoding.UTF8.GetBytes(body), target);
        return target.WrittenSpan.ToArray();
    }
}
