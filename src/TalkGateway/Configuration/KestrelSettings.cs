using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace TalkGateway.Configuration;

/// <summary>
/// What Kestrel reads from the section <c>Kestrel</c>. It reads it itself; here it is only checked, since Kestrel leaves out what
/// it does not know and fails without naming the key.
/// </summary>
internal sealed class KestrelSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Kestrel";

    public Dictionary<string, Endpoint> Endpoints { get; } = [];

    public EndpointSettings EndpointDefaults { get; } = new();

    public Dictionary<string, Certificate> Certificates { get; } = [];

    /// <summary>Whether endpoints are configured here, and <see cref="ListenAddress"/> does not count.</summary>
    public bool HasEndpoints => Endpoints.Count != 0;

    /// <exception cref="ConfigurationException">A key is unknown, or a value cannot be used.</exception>
    public static KestrelSettings Read(IConfiguration configuration)
    {
        var settings = configuration.Read<KestrelSettings>(Section);
        foreach (var (name, certificate) in settings.Certificates)
        {
            certificate.Check($"{Section}:{nameof(Certificates)}:{name}");
        }

        foreach (var (name, endpoint) in settings.Endpoints)
        {
            endpoint.Check($"{Section}:{nameof(Endpoints)}:{name}");
        }

        return settings;
    }

    internal class EndpointSettings
    {
        public HttpProtocols? Protocols { get; set; }

        public IList<string> SslProtocols { get; } = [];

        public ClientCertificateMode? ClientCertificateMode { get; set; }
    }

    internal sealed class Endpoint : EndpointSettings
    {
        public string? Url { get; set; }

        public Certificate? Certificate { get; set; }

        public Dictionary<string, SniEndpoint> Sni { get; } = [];

        public void Check(string path)
        {
            if (string.IsNullOrWhiteSpace(Url))
            {
                throw new ConfigurationException($"{path}:{nameof(Url)}", null, "it is missing: set it to an address such as https://*:8443");
            }

            try
            {
                var address = BindingAddress.Parse(Url);
                if (address.Scheme is not ("http" or "https") || address.PathBase.Length != 0 || Url.Contains('@', StringComparison.Ordinal))
                {
                    throw new FormatException();
                }
            }
            catch (FormatException)
            {
                throw new ConfigurationException($"{path}:{nameof(Url)}", Url, "give scheme, address and port and nothing else, such as https://*:8443");
            }

            Certificate?.Check($"{path}:{nameof(Certificate)}");
            foreach (var (host, sni) in Sni)
            {
                sni.Certificate?.Check($"{path}:{nameof(Sni)}:{host}:{nameof(Certificate)}");
            }
        }
    }

    internal sealed class SniEndpoint : EndpointSettings
    {
        public Certificate? Certificate { get; set; }
    }

    internal sealed class Certificate
    {
        public string? Path { get; set; }

        public string? KeyPath { get; set; }

        public string? Password { get; set; }

        public string? Subject { get; set; }

        public string? Store { get; set; }

        public string? Location { get; set; }

        public bool? AllowInvalid { get; set; }

        /// <summary>Loads it the way Kestrel will, to learn whether it can.</summary>
        public void Check(string path)
        {
            if (string.IsNullOrEmpty(Path))
            {
                return;
            }

            try
            {
                using var certificate = Load(Path);
            }
            catch (Exception wrong) when (wrong is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new ConfigurationException(
                    $"{path}:{nameof(Path)}",
                    Path,
                    $"there is no certificate that can be read ({wrong.Message}): name a PKCS #12 file with its {nameof(Password)}, or a PEM file and its key in {nameof(KeyPath)}, which the gateway's user may read");
            }
        }

        private X509Certificate2 Load(string file)
        {
            // Like Kestrel: paths count from the program's directory.
            var full = System.IO.Path.Combine(AppContext.BaseDirectory, file);
            if (KeyPath is null)
            {
                return X509CertificateLoader.LoadPkcs12FromFile(full, Password);
            }

            var key = System.IO.Path.Combine(AppContext.BaseDirectory, KeyPath);
            return Password is null ? X509Certificate2.CreateFromPemFile(full, key) : X509Certificate2.CreateFromEncryptedPemFile(full, Password, key);
        }
    }
}
