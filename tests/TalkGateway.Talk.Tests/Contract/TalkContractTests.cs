using Google.Protobuf.Reflection;
using Google.Protobuf;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Polyfills;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.Talk.Tests.Contract;

public sealed class TalkContractTests
{
    [Fact]
    public void Every_annotation_compiles() => Assert.NotEmpty(TalkContract.Plans.Methods);

    [Fact]
    public void Every_polyfill_and_conversion_is_used_by_some_annotation()
    {
        var used = TalkContract.Plans.Methods.SelectMany(plan => plan.Polyfills).ToHashSet();

        Assert.Equal(TalkContract.Polyfills.Names.Order(), used.Order());
    }

    [Fact]
    public void Every_name_that_a_file_defines_is_used_by_some_annotation()
    {
        var defaults = TalkContract.Files.Select(file => file.GetOptions()?.GetExtension(AnnotationsExtensions.Defaults)).OfType<Defaults>().ToList();
        var fields = TalkContract.Plans.Methods.SelectMany(plan => plan.Descriptor.InputType.Fields.InDeclarationOrder());
        var operations = TalkContract.Plans.Methods.Select(plan => plan.Descriptor.GetOptions().GetExtension(AnnotationsExtensions.Operation));

        Assert.Equal(
            defaults.SelectMany(file => file.Rules).Select(named => named.Name).Order(),
            fields.Select(field => field.GetOptions()?.GetExtension(AnnotationsExtensions.Field)?.Rule ?? "").Where(name => name.Length > 0).Distinct().Order());
        Assert.Equal(
            defaults.SelectMany(file => file.Errors).Select(named => named.Name).Order(),
            operations.SelectMany(operation => operation.CommonErrors).Distinct().Order());
    }

    [Fact]
    public void Polyfills_that_do_not_go_together_or_with_the_messages_stop_the_start_with_the_name_of_the_rpc()
    {
        var polyfills = new PolyfillSet(TalkContract.Polyfills.Names.Select(name => name == "sent-message" ? new Misfit(name) : TalkContract.Polyfills[name]));

        var mistakes = Assert.Throws<AnnotationException>(() => polyfills.Check(TalkContract.Plans)).Mistakes;

        Assert.Equal(
            [
                "talk.v1.ChatService.SendMessage: only one of the polyfills send-once, sent-message can step in for a lost exchange",
                "talk.v1.ChatService.SendMessage: the polyfill sent-message is not made for its messages",
            ],
            mistakes);
    }

    [Fact]
    public void Every_request_message_belongs_to_one_rpc()
    {
        foreach (var plan in TalkContract.Plans.Methods)
        {
            Assert.Same(plan, TalkContract.PlanOf(plan.Descriptor.InputType));
        }
    }

    [Fact]
    public void Every_operation_id_stands_once()
    {
        var ids = TalkContract.Plans.Methods.Select(plan => plan.OperationId).ToList();

        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void An_unknown_server_still_serves_what_lies_outside_Talks_own_api()
    {
        var plan = TalkContract.Plans["talk.v1.CapabilitiesService.GetServerStatus"];

        Assert.True(plan.IsSupported(ServerProfile.Unknown, out _));
        Assert.Equal("/status.php", plan.Resolve(ServerProfile.Unknown).PathTemplate);
    }

    [Fact]
    public void A_derived_attendee_id_is_negative_stable_and_exact_in_a_double()
    {
        var alice = LegacyConversions.DerivedAttendeeId("users"u8, "alice"u8);

        Assert.True(alice < 0);
        Assert.Equal(alice, (long)(double)alice);
        Assert.Equal(alice, LegacyConversions.DerivedAttendeeId("users"u8, "alice"u8));
        Assert.NotEqual(alice, LegacyConversions.DerivedAttendeeId("guests"u8, "alice"u8));
    }

    private sealed class Misfit(string name) : Rescue
    {
        public override string Name => name;

        public override bool AppliesTo(ServerProfile server) => true;

        public override bool Fits(MethodDescriptor rpc) => false;

        public override ValueTask<IMessage?> RescueAsync(PolyfillCall call, IMessage request, UpstreamFailure failure, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
