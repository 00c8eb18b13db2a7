using System.Security.Authentication;
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

    public CertificateSettings Certificates { get; } = new();

    /// <exception cref="ConfigurationException">A key is unknown, or a value cannot be used.</exception>
    public static KestrelSettings Read(IConfiguration configuration)
    {
        var settings = configuration.Read<KestrelSettings>(Section);
        settings.Certificates.Default?.Check($"{Section}:{nameof(Certificates)}:{nameof(CertificateSettings.Default)}");
        foreach (var (name, endpoint) in settings.Endpoints)
        {
            endpoint.Check($"{Section}:{nameof(Endpoints)}:{name}", hasDefaultCertificate: settings.Certificates.Default is not null);
        }

        return settings;
    }

    /// <summary>What of Kestrel's own the gateway speaks: there is no QUIC here.</summary>
    internal enum Protocols
    {
        Http1 = HttpProtocols.Http1,
        Http2 = HttpProtocols.Http2,
        Http1AndHttp2 = HttpProtocols.Http1AndHttp2,
    }

    /// <summary>The versions of TLS that are not deprecated (RFC 8996).</summary>
    internal enum TlsVersion
    {
        Tls12 = SslProtocols.Tls12,
        Tls13 = SslProtocols.Tls13,
    }

    internal sealed class CertificateSettings
    {
        public Certificate? Default { get; set; }
    }

    internal class EndpointSettings
    {
        public Protocols? Protocols { get; set; }

        public IList<TlsVersion> SslProtocols { get; } = [];

        public ClientCertificateMode? ClientCertificateMode { get; set; }
    }

    internal sealed class Endpoint : EndpointSettings
    {
        public string? Url { get; set; }

        public Certificate? Certificate { get; set; }

        public Dictionary<string, SniEndpoint> Sni { get; } = [];

        public void Check(string path, bool hasDefaultCertificate)
        {
            var isHttps = ReadUrl(path).Scheme == Uri.UriSchemeHttps;
            if (!isHttps && (Certificate is not null || Sni.Count != 0 || SslProtocols.Count != 0 || ClientCertificateMode is not null))
            {
                throw new ConfigurationException($"{path}:{nameof(Url)}", Url, "what is configured besides is for TLS: begin it with https://, or remove the rest");
            }

            if (isHttps && Certificate is null && !hasDefaultCertificate && (Sni.Count == 0 || Sni.Values.Any(sni => sni.Certificate is null)))
            {
                throw new ConfigurationException(
                    $"{path}:{nameof(Url)}", Url, $"https needs a certificate: set {path}:{nameof(Certificate)}:{nameof(Certificate.Path)}, or {Section}:{nameof(Certificates)}:Default:{nameof(Certificate.Path)} for all endpoints");
            }

            Certificate?.Check($"{path}:{nameof(Certificate)}");
            foreach (var (host, sni) in Sni)
            {
                sni.Certificate?.Check($"{path}:{nameof(Sni)}:{host}:{nameof(Certificate)}");
            }
        }

        private BindingAddress ReadUrl(string path)
        {
            if (string.IsNullOrWhiteSpace(Url))
            {
                throw new ConfigurationException($"{path}:{nameof(Url)}", null, "it is missing: set it to an address such as https://*:8443");
            }

            try
            {
                var address = BindingAddress.Parse(Url);
                return address.Scheme is "http" or "https" && address.PathBase.Length == 0 && !Url.Contains('@', StringComparison.Ordinal) ? address : throw new FormatException();
            }
            catch (FormatException)
            {
                throw new ConfigurationException($"{path}:{nameof(Url)}", Url, "give scheme, address and port and nothing else, such as https://*:8443");
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

        public StoreLocation? Location { get; set; }

        public bool? AllowInvalid { get; set; }

        /// <summary>Loads it the way Kestrel will, to learn whether it can.</summary>
        public void Check(string path)
        {
            if (string.IsNullOrEmpty(Path) == string.IsNullOrEmpty(Subject))
            {
                throw new ConfigurationException(path, null, $"it has to name one certificate: set {path}:{nameof(Path)} for a file, or {path}:{nameof(Subject)} for one of the system's store, not both");
            }

            try
            {
                using var certificate = string.IsNullOrEmpty(Path) ? LoadFromStore() : Load(Path);
                if (!certificate.HasPrivateKey)
                {
                    throw new CryptographicException("it has no private key");
                }
            }
            catch (Exception wrong) when (wrong is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
            {
                throw string.IsNullOrEmpty(Path)
                    ? new ConfigurationException($"{path}:{nameof(Subject)}", Subject, $"there is no such certificate ({wrong.Message}): look at {nameof(Store)}, {nameof(Location)} and {nameof(AllowInvalid)} besides it, or name a file in {nameof(Path)}")
                    : new ConfigurationException(
                        $"{path}:{nameof(Path)}",
                        Path,
                        $"there is no certificate that can be read ({wrong.Message}): name a PKCS #12 file with its {nameof(Password)}, or a PEM file and its key in {nameof(KeyPath)}, which the gateway's user may read");
            }
        }

        // Kestrel's own defaults.
        private X509Certificate2 LoadFromStore() => CertificateLoader.LoadFromStoreCert(
            Subject!, string.IsNullOrEmpty(Store) ? nameof(StoreName.My) : Store, Location ?? StoreLocation.CurrentUser, AllowInvalid ?? false);

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
