using System.Text;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class OcsEnvelopeTests
{
    private static OcsFailure Read(string body)
    {
        Assert.True(OcsEnvelope.TryRead(Encoding.UTF8.GetBytes(body), out var failure));
        return failure;
    }

    [Fact]
    public void Meta_and_the_members_of_data_are_read()
    {
        var failure = Read("""{"ocs":{"meta":{"status":"failure","statuscode":404,"message":"Nö\n"},"data":{"error":"sip","max":5,"on":true,"x":null,"y":[1,"b"],"z":{},"zz":[{}],"w":[]}}}""");

        Assert.Equal((404, "Nö\n", "sip"), (failure.StatusCode, failure.Message, failure.Reason));
        Assert.Equal([new("error", "sip"), new("max", "5"), new("on", "true"), new("x", null), new("y", "1, b"), new("w", "")], failure.Data);
        Assert.Equal((true, null, false), (failure.Has("x"), failure.Find("x"), failure.Has("z")));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("{\"error\":\"\"}")]
    [InlineData("{\"error\":5.5}")]
    public void Data_may_be_anything(string data)
    {
        var failure = Read("""{"ocs":{"meta":{"statuscode":"998","message":""},"data":""" + data + "}}");

        Assert.Equal((998, null), (failure.StatusCode, failure.Message));
        Assert.Equal(data.Contains("5.5", StringComparison.Ordinal) ? "5.5" : null, failure.Reason);
    }

    [Fact]
    public void Meta_may_be_missing() => Assert.Equal((0, null, null), (Read("""{"ocs":{}}""") is var failure ? (failure.StatusCode, failure.Message, failure.Reason) : default));

    [Theory]
    [InlineData("")]
    [InlineData("<?xml version=\"1.0\"?>")]
    [InlineData("[]")]
    [InlineData("{\"data\":{}}")]
    [InlineData("{\"ocs\":[]}")]
    [InlineData("{\"ocs\":{\"meta\":{\"statuscode\":404}}")]
    [InlineData("{\"ocs\":{}} x")]
    public void What_is_no_envelope_is_none(string body) => Assert.False(OcsEnvelope.TryRead(Encoding.UTF8.GetBytes(body), out _));

    [Fact]
    public void Bytes_that_are_no_text_are_no_envelope() => Assert.False(OcsEnvelope.TryRead([.. "{\"ocs\":{\"a\":\""u8, 0xFF, .. "\"}}"u8], out _));
}
