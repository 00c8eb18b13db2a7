using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Rpc.Reflection.V1;
using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class ReflectionTests
{
    private const string V1 = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    private const string V1Alpha = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

    [Theory]
    [InlineData(V1)]
    [InlineData(V1Alpha)]
    public async Task Services_are_listed_in_both_versions(string path)
    {
        await using var host = await StartAsync();

        var reply = await host.Client.CallAsync<ServerReflectionResponse>(path, new ServerReflectionRequest { Host = "h", ListServices = "*" });

        Assert.Equal(
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "rpctest.EchoService"],
            reply.Response.ListServicesResponse.Service.Select(service => service.Name));
        Assert.Equal("h", reply.Response.ValidHost);
        Assert.Equal("*", reply.Response.OriginalRequest.ListServices);
    }

    [Fact]
    public async Task Service_mapped_after_reflection_is_listed_too()
    {
        await using var host = await RpcTestHost.StartAsync(app =>
        {
            app.MapRpcReflection();
            app.MapRpcService(EchoReflection.Descriptor.Services[1], _ => { });
        });

        var reply = await host.Client.CallAsync<ServerReflectionResponse>(V1, new ServerReflectionRequest { ListServices = "" });

        Assert.Contains("rpctest.BytesService", reply.Response.ListServicesResponse.Service.Select(service => service.Name));
    }

    [Fact]
    public async Task File_comes_with_all_it_imports_so_that_descriptors_and_custom_options_can_be_built()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.CallAsync<ServerReflectionResponse>(V1, new ServerReflectionRequest { FileByFilename = "rpctest/echo.proto" });

        var files = reply.Response.FileDescriptorResponse.FileDescriptorProto;
        var built = FileDescriptor.BuildFromByteStrings(
            files.Reverse(), new ExtensionRegistry { EchoExtensions.Note });
        var method = built[^1].Services[0].FindMethodByName("Unary");
        Assert.Equal("says it once", method.GetOptions().GetExtension(EchoExtensions.Note));
        Assert.Equal("rpctest.EchoRequest", method.InputType.FullName);
    }

    [Theory]
    [InlineData("rpctest.EchoService")]
    [InlineData("rpctest.EchoService.Unary")]
    [InlineData("rpctest.EchoRequest")]
    [InlineData("rpctest.EchoRequest.text")]
    [InlineData("rpctest.note")]
    public async Task File_is_found_by_each_kind_of_symbol(string symbol)
    {
        Assert.Equal("rpctest/echo.proto", await FindAsync(new ServerReflectionRequest { FileContainingSymbol = symbol }));
    }

    [Theory]
    [InlineData("google.protobuf.FieldDescriptorProto.Type")]
    [InlineData("google.protobuf.FieldDescriptorProto.TYPE_STRING")]
    [InlineData("google.protobuf.DescriptorProto.ExtensionRange")]
    public async Task Symbols_of_imported_files_are_found(string symbol)
    {
        Assert.Equal("google/protobuf/descriptor.proto", await FindAsync(new ServerReflectionRequest { FileContainingSymbol = symbol }));
    }

    [Fact]
    public async Task Details_of_errors_are_described_although_no_service_imports_them()
    {
        Assert.Equal("google/rpc/error_details.proto", await FindAsync(new ServerReflectionRequest { FileContainingSymbol = "google.rpc.ErrorInfo" }));
    }

    [Fact]
    public async Task Extension_is_found_by_number_and_all_numbers_are_told()
    {
        var request = new ServerReflectionRequest
        {
            FileContainingExtension = new ExtensionRequest { ContainingType = "google.protobuf.MethodOptions", ExtensionNumber = 50001 },
        };
        await using var host = await StartAsync();

        Assert.Equal("rpctest/echo.proto", await FindAsync(request));
        var numbers = await host.Client.CallAsync<ServerReflectionResponse>(V1, new ServerReflectionRequest { AllExtensionNumbersOfType = "google.protobuf.MethodOptions" });
        var none = await host.Client.CallAsync<ServerReflectionResponse>(V1, new ServerReflectionRequest { AllExtensionNumbersOfType = "rpctest.EchoRequest" });

        Assert.Equal([50001], numbers.Response.AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal("google.protobuf.MethodOptions", numbers.Response.AllExtensionNumbersResponse.BaseTypeName);
        Assert.Empty(none.Response.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_the_stream_goes_on()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.CallAsync<ServerReflectionResponse>(V1,
        [
            new ServerReflectionRequest { FileByFilename = "no/such.proto" },
            new ServerReflectionRequest { FileContainingSymbol = "no.Such" },
            new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "google.protobuf.MethodOptions", ExtensionNumber = 1 } },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "no.Such" },
            new ServerReflectionRequest(),
            new ServerReflectionRequest { ListServices = "" },
        ]);

        Assert.Equal([5, 5, 5, 5, 3, 0], reply.Messages.Select(message => message.ErrorResponse?.ErrorCode ?? 0));
        Assert.Equal(0, reply.Code);
    }

    [Fact]
    public async Task Imported_files_come_once_per_stream()
    {
        await using var host = await StartAsync();
        var request = new ServerReflectionRequest { FileByFilename = "rpctest/echo.proto" };

        var reply = await host.Client.CallAsync<ServerReflectionResponse>(V1, [request, request]);

        Assert.Equal([3, 1], reply.Messages.Select(message => message.FileDescriptorResponse.FileDescriptorProto.Count));
    }

    private static async Task<string> FindAsync(ServerReflectionRequest request)
    {
        await using var host = await StartAsync();
        var reply = await host.Client.CallAsync<ServerReflectionResponse>(V1, request);
        return FileDescriptorProto.Parser.ParseFrom(reply.Response.FileDescriptorResponse.FileDescriptorProto[0]).Name;
    }

    private static Task<RpcTestHost> StartAsync() =>
        RpcTestHost.StartAsync(app =>
        {
            app.MapRpcService(EchoReflection.Descriptor.Services[0], _ => { });
            app.MapRpcReflection();
        });
}
