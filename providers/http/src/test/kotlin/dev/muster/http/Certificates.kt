package dev.muster.http

import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate
import java.time.Instant
import java.time.temporal.ChronoUnit.DAYS
import javax.net.ssl.SSLContext

/** Certificates made for one run, so that none can expire. */
public object Certificates {
    /** A host that no name server knows. */
    public const val FAR: String = "api.example.invalid"

    /** Of this machine, and of [FAR] for what is behind a proxy. */
    public val local: HeldCertificate = of("localhost", "127.0.0.1", FAR)

    /** For [names]. */
    public fun of(vararg names: String): HeldCertificate =
        HeldCertificate.Builder().apply { names.forEach(::addSubjectAlternativeName) }.build()

    /** Vouches for those of [valid]. */
    val authority: HeldCertificate = HeldCertificate.Builder().certificateAuthority(0).build()

    /** Of this machine, by [authority], valid from [from] to [to], in days from now. */
    fun valid(from: Long, to: Long): HeldCertificate {
        val now = Instant.now()
        return HeldCertificate
            .Builder()
            .signedBy(authority)
            .addSubjectAlternativeName("localhost")
            .validityInterval(now.plus(from, DAYS).toEpochMilli(), now.plus(to, DAYS).toEpochMilli())
            .build()
    }

    /** For a server that has [certificate]. */
    public fun server(certificate: HeldCertificate = local): SSLContext =
        HandshakeCertificates.Builder().heldCertificate(certificate).build().sslContext()

    /** For a client that trusts [certificate] and nobody else. */
    public fun trusting(certificate: HeldCertificate = local): SSLContext =
        HandshakeCertificates.Builder().addTrustedCertificate(certificate.certificate).build().sslContext()
}
