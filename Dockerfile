# docker build -t talkgateway .
# docker run -p 8080:8080 talkgateway --upstream https://cloud.example.com

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What decides about packages comes first, so that a change of code does not restore them again.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/TalkGateway/TalkGateway.csproj src/TalkGateway/
COPY src/TalkGateway.GoogleRpc/TalkGateway.GoogleRpc.csproj src/TalkGateway.GoogleRpc/
COPY src/TalkGateway.Memory/TalkGateway.Memory.csproj src/TalkGateway.Memory/
COPY src/TalkGateway.Rpc/TalkGateway.Rpc.csproj src/TalkGateway.Rpc/
COPY src/TalkGateway.Simulator/TalkGateway.Simulator.csproj src/TalkGateway.Simulator/
COPY src/TalkGateway.Talk/TalkGateway.Talk.csproj src/TalkGateway.Talk/
COPY src/TalkGateway.Transcoding/TalkGateway.Transcoding.csproj src/TalkGateway.Transcoding/
RUN dotnet restore src/TalkGateway

COPY protos/ protos/
COPY src/ src/
RUN dotnet publish src/TalkGateway --no-restore -c Release -p:UseAppHost=false -o /app

# The chiseled image holds .NET and a user without rights, and neither shell nor package manager.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
USER $APP_UID

# The base image sets ASPNETCORE_HTTP_PORTS=8080, which the gateway listens on where Listen is not set.
EXPOSE 8080

# Health is asked over gRPC (grpc.health.v1.Health) on the same port, by the probes of an orchestrator or by
# grpc_health_probe. Replicas that share callers need one key directory: mount it and set TALKGATEWAY_Sessions__KeyDirectory.
ENTRYPOINT ["dotnet", "TalkGateway.dll"]
