using Sample.V1;
using TalkGateway.Ocs.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class VariantTests
{
    private static readonly RenameRequest Rename = new() { Id = "ab", Name = "x", Note = "n" };

    [Fact]
    public void Without_a_variant_the_operation_is_as_it_says()
    {
        var request = new World().Send("Rename", Rename);

        Assert.Equal((HttpMethod.Put, "/api/v4/items/ab", """{"name":"x","note":"n"}"""), (request.Method, request.PathAndQuery, World.Body(request)));
    }

    [Fact]
    public void A_variant_changes_method_path_names_and_omits()
    {
        var request = new World { Capabilities = ["rename"] }.Send("Rename", Rename);

        Assert.Equal((HttpMethod.Post, "/api/v4/rename", """{"id":"ab","newName":"x"}"""), (request.Method, request.PathAndQuery, World.Body(request)));
    }

    [Fact]
    public void A_variant_changes_places()
    {
        var request = new World { Api = 1 }.Send("Rename", Rename);

        Assert.Equal(("/api/v1/items/ab?name=x", """{"note":"n"}"""), (request.PathAndQuery, World.Body(request)));
    }

    [Fact]
    public void The_first_variant_that_holds_is_taken() =>
        Assert.Equal("/api/v1/rename", new World { Api = 1, Capabilities = [] }.Send("Rename", Rename).PathAndQuery);

    [Theory]
    [InlineData("4.9")]
    [InlineData("3.0.1")]
    public void A_variant_can_depend_on_a_field(string version)
    {
        var world = new World { Version = Version.Parse(version) };

        Assert.Equal("/api/v4/guests?guestKey=k&quiet=0", world.Send("Remove", new RemoveRequest { Who = new() { Guest = new() { Key = "k" } } }).PathAndQuery);
        Assert.Equal("/api/v4/users?userId=u&quiet=0", world.Send("Remove", new RemoveRequest { Who = new() { Id = "u" } }).PathAndQuery);
    }

    [Theory]
    [InlineData("5.0")]
    [InlineData("5.0.0")]
    [InlineData(null)]
    public void A_version_that_is_not_older_or_not_known_is_not_before(string? version) =>
        Assert.Equal("/api/v4/items/u?quiet=0", new World { Version = version is null ? null : Version.Parse(version) }.Send("Remove", new RemoveRequest { Who = new() { Id = "u" } }).PathAndQuery);

    [Fact]
    public void A_route_says_what_it_is()
    {
        var route = World.Plan("Rename").Resolve(new World());

        Assert.Equal(("/api/v4/items/{id}", AnswerFormat.Unspecified), (route.PathTemplate, route.Format));
    }

    [Fact]
    public void A_plan_says_what_the_annotation_says()
    {
        var plan = World.Plans[Sample.V1.SampleReflection.Descriptor.Services[0].FindMethodByName("Rename")];

        Assert.Equal(("sample.v1.Items.Rename", "item.rename", "items", SessionUse.Needs), (plan.FullName, plan.OperationId, plan.Family, plan.Session));
        Assert.Equal(["retry"], plan.Polyfills);
        Assert.Equal("NAME_TAKEN", Assert.Single(plan.Errors).Reason);
        Assert.Same(plan, World.Plans.Methods[plan.Index]);
    }

    [Theory]
    [InlineData("Search", true, true)]
    [InlineData("Echo", false, true)]
    [InlineData("Rename", false, false)]
    public void A_plan_knows_whether_it_may_be_repeated(string method, bool reads, bool idempotent) =>
        Assert.Equal((reads, idempotent), (World.Plan(method).NoSideEffects, World.Plan(method).Idempotent));

    [Fact]
    public void What_a_server_lacks_is_named()
    {
        Assert.True(World.Plan("Rename").IsSupported(new World(), out var missing));
        Assert.Equal("", missing);
        Assert.False(World.Plan("Rename").IsSupported(new World { Capabilities = [] }, out missing));
        Assert.Equal("rename", missing);
        Assert.False(World.Plan("Search").IsSupported(new World { Api = 0 }, out missing));
        Assert.Equal("a usable items API", missing);
    }
}
