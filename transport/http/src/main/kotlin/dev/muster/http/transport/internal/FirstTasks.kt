package dev.muster.http.transport.internal

import java.util.concurrent.Executor

/**
 * The executor of the JDK client. It tells an [Opening] when the first task of its exchange starts and ends. That
 * task is the one that the client submits while [starting] runs.
 */
internal class FirstTasks(private val workers: Executor) : Executor {
    private val current = ThreadLocal<Opening>()

    /** Runs [start], which starts the exchange of [opening]. */
    fun <T> starting(opening: Opening, start: () -> T): T {
        current.set(opening)
        try {
            return start()
        } finally {
            current.remove()
        }
    }

    override fun execute(task: Runnable) {
        val opening = current.get()
        if (opening == null) {
            workers.execute(task)
        } else {
            current.remove()
            workers.execute { run(task, opening) }
        }
    }

    private fun run(task: Runnable, opening: Opening) {
        opening.starting()
        try {
            task.run()
        } finally {
            opening.started()
        }
    }
}
