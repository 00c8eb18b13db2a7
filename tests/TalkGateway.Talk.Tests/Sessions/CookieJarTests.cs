using TalkGateway.Talk.Sessions;
using Xunit;

namespace TalkGateway.Talk.Tests.Sessions;

public sealed class CookieJarTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("oc1=abc; path=/; HttpOnly; SameSite=Lax", "oc1", "abc", null)]
    [InlineData("oc1=abc", "oc1", "abc", null)]
    [InlineData("  oc1 =  abc  ;path=/", "oc1", "abc", null)]
    [InlineData("oc1=", "oc1", "", null)]
    [InlineData("oc1=a=b==; secure", "oc1", "a=b==", null)]
    [InlineData("oc1=%2Fx%20y", "oc1", "%2Fx%20y", null)]
    [InlineData("oc1=\"quoted\"", "oc1", "\"quoted\"", null)]
    [InlineData("oc1=a; Max-Age=3600", "oc1", "a", 3600L)]
    [InlineData("oc1=a; max-age=99999999999", "oc1", "a", 31_536_000L)]
    [InlineData("oc1=a; Expires=Thu, 01 Jan 2026 00:01:00 GMT", "oc1", "a", 60L)]
    [InlineData("oc1=a; expires=Thu, 01-Jan-2026 00:01:00 GMT", "oc1", "a", 60L)]
    [InlineData("oc1=a; Max-Age=5; Expires=Thu, 01 Jan 2026 00:01:00 GMT", "oc1", "a", 5L)]
    [InlineData("oc1=a; Expires=Thu, 01 Jan 2026 00:01:00 GMT; Max-Age=5", "oc1", "a", 5L)]
    [InlineData("oc1=a; Max-Age=soon", "oc1", "a", null)]
    [InlineData("oc1=a; Expires=never", "oc1", "a", null)]
    public void A_cookie_is_read_as_browsers_read_it(string header, string name, string value, long? seconds)
    {
        Assert.True(SetCookie.TryParse(header, Now, out var cookie));
        Assert.Equal((name, value, seconds is { } s ? Now + TimeSpan.FromSeconds(s) : null), (cookie.Name, cookie.Value, cookie.Expires));
    }

    [Theory]
    [InlineData("")]
    [InlineData("novalue")]
    [InlineData("=value")]
    [InlineData("; path=/")]
    [InlineData("a\r\nX: y=1")]
    [InlineData("a=1\u0001")]
    [InlineData("a=é")]
    public void What_is_no_cookie_is_left_out(string header) =>
        Assert.True(CookieJar.Empty.With([header], Now).IsEmpty);

    [Fact]
    public void A_cookie_of_more_than_4096_characters_is_left_out() =>
        Assert.True(CookieJar.Empty.With(["a=" + new string('x', 4096)], Now).IsEmpty);

    [Theory]
    [InlineData("a=1|a=2", "a=2")] // the newest wins
    [InlineData("a=1; path=/|a=2", "a=2")] // with whatever path
    [InlineData("a=1|b=2", "a=1; b=2")]
    [InlineData("a=1|b=2|a=3", "a=3; b=2")]
    [InlineData("a=1|a=deleted; Max-Age=0", "")]
    [InlineData("a=1|a=deleted; Max-Age=-1", "")]
    [InlineData("a=1|a=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT", "")]
    [InlineData("a=deleted; Max-Age=0", "")]
    [InlineData("a=1|a=x; Max-Age=0; path=/|a=x; Max-Age=0|a=2", "a=2")]
    [InlineData("a=1|b=1|a=x; Max-Age=0", "b=1")]
    public void The_newest_answer_counts(string headers, string expected)
    {
        var inOneAnswer = CookieJar.Empty.With(headers.Split('|'), Now);
        var inSeveral = headers.Split('|').Aggregate(CookieJar.Empty, (jar, header) => jar.With([header], Now));

        Assert.Equal(expected, inOneAnswer.Header);
        Assert.Equal(expected, inSeveral.Header);
    }

    [Fact]
    public void A_jar_is_the_same_instance_where_nothing_changes()
    {
        var jar = CookieJar.Empty.With(["a=1", "b=2"], Now);

        Assert.Same(jar, jar.With([], Now));
        Assert.Same(jar, jar.With(["b=2; path=/x", "c=x; Max-Age=0"], Now));
    }

    [Fact]
    public void A_jar_does_not_grow_without_bound()
    {
        var jar = CookieJar.Empty.With(Enumerable.Range(0, 500).Select(i => $"c{i}=x"), Now);

        Assert.Equal(CookieJar.MaxCount, jar.Cookies.Length);
    }

    [Fact]
    public void A_jar_holds_no_more_than_a_server_takes_back()
    {
        var jar = CookieJar.Empty.With(["oc1=a", .. Enumerable.Range(0, CookieJar.MaxCount).Select(i => $"c{i}={new string('x', 4000)}")], Now);
        Assert.InRange(jar.Header.Length, 8000, CookieJar.MaxBytes);
        Assert.Equal("a", jar["oc1"]);

        // A value that has become too long is no longer known, rather than an older one.
        var grown = jar.With(["oc1=" + new string('y', 4000)], Now);
        Assert.Null(grown["oc1"]);
        Assert.Equal("b", grown.With(["oc1=b"], Now)["oc1"]);
    }

    [Theory]
    [InlineData("oc1=b", true)]
    [InlineData("oc1=a", false)]
    [InlineData("oc1=x; Max-Age=0", true)]
    [InlineData("nc_session_id=1", true)]
    [InlineData("nc_token=x; Max-Age=0", false)]
    [InlineData("cookie_test=other", false)]
    [InlineData("__Host-nc_sameSiteCookielax=false", false)]
    [InlineData("AWSALBCORS=xyz", false)]
    public void Another_session_shows_in_the_cookies_that_stand_for_one(string header, bool isOther)
    {
        var jar = CookieJar.Empty.With(["oc1=a", "cookie_test=test", "__Host-nc_sameSiteCookielax=true"], Now);

        Assert.Equal(isOther, jar.IsOtherSession(jar.With([header], Now)));
    }

    [Theory]
    [InlineData("oc1=a", true)]
    [InlineData("cookie_test=test", false)]
    [InlineData("nc_sameSiteCookiestrict=true", false)]
    public void Cookies_that_test_the_browser_are_no_session(string header, bool hasSession) =>
        Assert.Equal(hasSession, CookieJar.Empty.With([header], Now).HasSession());
}
