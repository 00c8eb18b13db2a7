using System.Net;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Tests.Transport;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Logins;

/// <summary>What proves a login, what refuses it, and what does neither.</summary>
public sealed class ProofTests
{
    private const string Open = "/ocs/v2.php/apps/spreed/api/v4/room/public";

    [Theory]
    [InlineData(403, "<html></html>")]
    [InlineData(404, "<html></html>")]
    [InlineData(404, """{"ocs":{"meta":{"status":"failure","statuscode":998,"message":"Invalid query"},"data":[]}}""")]
    [InlineData(200, "<html></html>")]
    [InlineData(200, "{}")]
    [InlineData(204, "")]
    public async Task What_is_not_the_answer_to_a_user_proves_no_login(int status, string body)
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = request => Task.FromResult(request.Login == "proof"
            ? new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) }
            : null);
        foreach (var authorization in new[] { Wrong, Alice })
        {
            var failure = await world.FailAsync(Get(Open), authorization);
            Assert.Equal((UpstreamFailureKind.QuestionRefused, status), (failure.Kind, failure.Status));
        }

        // Nor is it a refusal that would be remembered.
        world.Nextcloud.Intercept = null;
        Assert.Equal(200, (await world.SendAsync(Get(Open), Alice)).Status);
        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(Get(Open), Wrong)).Kind);
    }

    [Fact]
    public async Task A_wrong_password_is_sent_once_also_while_its_refusal_arrives()
    {
        using var world = new UpstreamWorld();
        const int Passwords = 300;
        for (var password = 0; password < Passwords; password++)
        {
            // Each caller asks again until it hears that the refusal is known, so that some ask in the moment in which it becomes so.
            var guess = "Bearer guess" + password;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while ((await world.FailAsync(Get(), guess)).Kind != UpstreamFailureKind.CredentialRefusedBefore)
                {
                }
            })));
        }

        Assert.Equal(Passwords, world.Nextcloud.Requests.Count);
    }

    [Fact]
    public async Task The_proof_and_the_question_for_capabilities_run_in_nobodys_context()
    {
        using var world = new UpstreamWorld();
        var caller = new AsyncLocal<string?> { Value = "the first" };
        var seen = new List<string?>();
        world.Nextcloud.Intercept = _ =>
        {
            seen.Add(caller.Value);
            return Task.FromResult<HttpResponseMessage?>(null);
        };

        await Assert.ThrowsAsync<UpstreamException>(
            () => world.Server.Capabilities.GetAsync(new CallIdentity(Credential.Parse(Alice)), CancellationToken.None).AsTask());

        Assert.Equal([null, null], seen);
    }
}
