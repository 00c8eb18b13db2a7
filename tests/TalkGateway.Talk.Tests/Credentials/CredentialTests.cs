using System.Text;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Transport;
using Xunit;

namespace TalkGateway.Talk.Tests.Credentials;

public sealed class CredentialTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Nothing_is_a_guest(string? value)
    {
        var credential = Credential.Parse(value);

        Assert.Equal(CredentialScheme.None, credential.Scheme);
        Assert.Equal(default, credential.Key);
    }

    [Theory]
    [InlineData("Basic YWxpY2U6c2VjcmV0")]
    [InlineData("basic YWxpY2U6c2VjcmV0")]
    [InlineData(" BASIC   YWxpY2U6c2VjcmV0 ")]
    public void The_same_login_has_the_same_key_however_the_scheme_is_written(string value)
    {
        var credential = Credential.Parse(value);

        Assert.Equal("Basic YWxpY2U6c2VjcmV0", credential.HeaderValue);
        Assert.Equal(Credential.Parse("Basic YWxpY2U6c2VjcmV0").Key, credential.Key);
        Assert.NotEqual(Credential.Parse("Bearer YWxpY2U6c2VjcmV0").Key, credential.Key);
    }

    [Theory]
    [InlineData("alice:")]
    [InlineData("alice:pass:with:colons")]
    [InlineData("älice:pässwörd")]
    [InlineData("alice@example.com:x y")]
    public void Basic_takes_any_user_and_password_without_control_characters(string pair) =>
        Assert.Equal(CredentialScheme.Basic, Credential.Parse(Basic(pair)).Scheme);

    [Theory]
    [InlineData("Digest abc")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Basic YWxp Y2U6c2VjcmV0")]
    [InlineData("Basic YWxpY2U6c2VjcmV0,Basic YWxpY2U6c2VjcmV0")]
    [InlineData("Basic YWxpY2U6c2VjcmV")]
    [InlineData("Basic YWxpY2U6\r\nc2VjcmV0")]
    [InlineData("Basic YWxpY2U=")] // no colon
    [InlineData("Basic OnNlY3JldA==")] // no user
    [InlineData("Basic YWxpY2U6AHNlY3JldA==")] // NUL
    [InlineData("Basic YWxpY2U6Cg==")] // line feed
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer ==")]
    [InlineData("Bearer a b")]
    [InlineData("Bearer a,b")]
    [InlineData("Bearer té")]
    [InlineData("YWxpY2U6c2VjcmV0")]
    public void What_cannot_be_a_credential_is_refused_without_quoting_it(string value)
    {
        var failure = Assert.Throws<UpstreamException>(() => Credential.Parse(value)).Failure;

        Assert.Equal(UpstreamFailureKind.MalformedCredential, failure.Kind);
        Assert.DoesNotContain("YWxp", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_that_is_remembered_is_told_from_every_other_one()
    {
        var given = Enumerable.Range(0, 5000).Select(i => Basic($"alice:{i}")).ToList();
        var first = given.ConvertAll(Credential.Parse);
        var second = given.ConvertAll(Credential.Parse);

        Assert.Equal(given, second.Select(credential => credential.HeaderValue));
        Assert.Equal(first.Select(credential => credential.Key), second.Select(credential => credential.Key));
        Assert.Equal(given.Count, second.Select(credential => credential.Key).Distinct().Count());
    }

    [Fact]
    public void A_credential_beyond_8192_characters_is_refused() =>
        Assert.False(Credential.TryParse("Bearer " + new string('a', 8192), out _, out _));

    [Fact]
    public void Nothing_printed_reveals_the_secret()
    {
        var credential = Credential.Parse(Basic("alice:secret"));
        var identity = new CallIdentity(credential);

        foreach (var text in new[] { credential.ToString(), credential.Key.ToString(), identity.ToString(), $"{new OcsAttempt(new OcsRequest { Method = HttpMethod.Get, PathAndQuery = "/x" }, credential.HeaderValue, "oc=secret", identity)}" })
        {
            Assert.DoesNotContain("alice", text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(credential.HeaderValue[6..], text, StringComparison.Ordinal);
        }
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
