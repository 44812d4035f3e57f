package dev.muster.spi

import dev.muster.MusterClient

/** For facades over [MusterClient], which failures should not name to people who have never seen it. */
public object FacadeName {
    /** Has the failures of the client that [builder] builds call it [name]. */
    @JvmStatic
    public fun set(builder: MusterClient.Builder, name: String) {
        builder.draft.facade = name
    }
}
