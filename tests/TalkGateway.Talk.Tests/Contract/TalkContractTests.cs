using TalkGateway.Talk.Polyfills;
using TalkGateway.Talk.Profiles;
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
}
