using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Sessions;
using TalkGateway.Testing;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;

namespace TalkGateway.Talk.Tests.Sessions;

public sealed class SessionTokensTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly DateTimeOffset Expiry = new(2027, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly ManualTimeProvider _clock = new();
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly Credential _alice = Credential.Parse(Alice);
    private readonly SessionJar _session = new(CookieJar.Of([new("oc123", "abc/def+%20==", null), new("nc_token", "t0", Expiry)]));

    [Fact]
    public void What_is_sealed_comes_back()
    {
        var token = Tokens().Seal(_session, "main", _alice);
        var opened = Tokens().Unseal(token, "main", Credential.Parse(Alice), Lifetime);

        Assert.Equal(_session.Cookies.Cookies, opened.Cookies.Cookies);
        Assert.False(opened.HasChanged);
    }

    [Fact]
    public void A_guests_session_needs_no_credential()
    {
        var token = Tokens().Seal(new SessionJar(), "main", Credential.None);

        Assert.False(Tokens().Unseal(token, "main", Credential.None, Lifetime).Cookies.HasSession());
        Assert.Equal(UpstreamFailureKind.SessionOfOtherCredential, Refusal(token, credential: _alice));
    }

    [Fact]
    public void A_token_fits_into_metadata_and_addresses()
    {
        var token = Tokens().Seal(_session, "main", _alice);

        Assert.Matches("^[A-Za-z0-9_-]+$", token);
        Assert.InRange(token.Length, 100, 1000);
    }

    [Fact]
    public void A_token_shows_neither_cookies_nor_credential()
    {
        var bytes = Encoding.Latin1.GetString(Base64Url.DecodeFromChars(Tokens().Seal(_session, "main", _alice)));

        Assert.DoesNotContain("abc/def", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("oc123", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("YWxpY2", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_upstream_does_not_take_it() =>
        Assert.Equal(UpstreamFailureKind.SessionOfOtherUpstream, Refusal(Tokens().Seal(_session, "main", _alice), upstream: "other"));

    [Theory]
    [InlineData(Bob)]
    [InlineData(AliceApp)]
    [InlineData(null)]
    public void Another_credential_does_not_take_it(string? authorization) =>
        Assert.Equal(UpstreamFailureKind.SessionOfOtherCredential, Refusal(Tokens().Seal(_session, "main", _alice), credential: Credential.Parse(authorization)));

    [Fact]
    public void It_ends_after_its_lifetime()
    {
        var token = Tokens().Seal(_session, "main", _alice);
        _clock.Advance(Lifetime);
        Assert.NotNull(Tokens().Unseal(token, "main", _alice, Lifetime));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(UpstreamFailureKind.SessionExpired, Refusal(token));
    }

    [Fact]
    public void Changing_any_byte_is_noticed()
    {
        var sealedBytes = Base64Url.DecodeFromChars(Tokens().Seal(_session, "main", _alice));
        for (var i = 0; i < sealedBytes.Length; i++)
        {
            sealedBytes[i] ^= 1;
            Assert.Equal(UpstreamFailureKind.SessionMalformed, Refusal(Base64Url.EncodeToString(sealedBytes)));
            sealedBytes[i] ^= 1;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("CfDJ8")]
    public void What_is_no_token_is_refused(string token) =>
        Assert.Equal(UpstreamFailureKind.SessionMalformed, Refusal(token));

    [Fact]
    public void A_gateway_with_other_keys_does_not_take_it()
    {
        var foreign = new SessionTokens(new EphemeralDataProtectionProvider(), _clock).Seal(_session, "main", _alice);

        Assert.Equal(UpstreamFailureKind.SessionMalformed, Refusal(foreign));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 99, 0, 0 })]
    [InlineData(new byte[] { 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 1, 0, 200, 1, 65 })]
    public void A_sealed_payload_of_another_format_is_refused(byte[] payload)
    {
        var token = Base64Url.EncodeToString(_keys.CreateProtector("TalkGateway.SessionToken", "v1").Protect(payload));

        Assert.Equal(UpstreamFailureKind.SessionMalformed, Refusal(token));
    }

    private SessionTokens Tokens() => new(_keys, _clock);

    private UpstreamFailureKind Refusal(string token, string upstream = "main", Credential? credential = null) =>
        Assert.Throws<UpstreamException>(() => Tokens().Unseal(token, upstream, credential ?? _alice, Lifetime)).Failure.Kind;
}
