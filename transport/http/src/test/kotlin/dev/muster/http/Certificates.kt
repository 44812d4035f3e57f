package dev.muster.http

import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate
import java.time.Instant
import java.time.temporal.ChronoUnit.DAYS
import javax.net.ssl.SSLContext

/** Certificates created for one run, so that none can expire. */
public object Certificates {
    /** A host that no DNS server knows. */
    public const val FAR: String = "api.example.invalid"

    /** The certificate of this machine, and of [FAR] for hosts behind a proxy. */
    public val local: HeldCertificate = of("localhost", "127.0.0.1", FAR)

    /** A certificate for [names]. */
    public fun of(vararg names: String): HeldCertificate =
        HeldCertificate.Builder().apply { names.forEach(::addSubjectAlternativeName) }.build()

    /** The issuer of the certificates from [valid]. */
    val authority: HeldCertificate = HeldCertificate.Builder().certificateAuthority(0).build()

    /** A certificate of this machine, issued by [authority], valid from [from] to [to], in days from now. */
    fun valid(from: Long, to: Long): HeldCertificate {
        val now = Instant.now()
        return HeldCertificate
            .Builder()
            .signedBy(authority)
            .addSubjectAlternativeName("localhost")
            .validityInterval(now.plus(from, DAYS).toEpochMilli(), now.plus(to, DAYS).toEpochMilli())
            .build()
    }

    /** The context of a server with [certificate]. */
    public fun server(certificate: HeldCertificate = local): SSLContext =
        HandshakeCertificates.Builder().heldCertificate(certificate).build().sslContext()

    /** The context of a client that trusts only [certificate]. */
    public fun trusting(certificate: HeldCertificate = local): SSLContext =
        HandshakeCertificates.Builder().addTrustedCertificate(certificate.certificate).build().sslContext()
}
