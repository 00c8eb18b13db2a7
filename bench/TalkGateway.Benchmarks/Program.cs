using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/TalkGateway.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
