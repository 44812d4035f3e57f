package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.chat.FinishReason;
import dev.muster.error.IncompleteAnswerException;
import dev.muster.test.ScriptedModel;
import dev.muster.test.ScriptedReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Half an answer is not a text. */
class IncompleteAnswerTest {
  @Test
  void whoeverGetsOnlyATextHearsOfAPause() {
    ScriptedModel script = ScriptedModel.create("fake::m");
    script.otherwise(ScriptedReply.text("Let me look.").finishReason(FinishReason.PAUSED));
    try (Muster muster = Muster.builder().model(script).build()) {
      Model model = muster.model("fake::m");
      for (Call<String> call :
          List.of(model.ask("hi"), PromptExecutor.simple(model, "Be brief.").execute("hi"))) {
        IncompleteAnswerException failure =
            assertThrows(IncompleteAnswerException.class, call::execute);
        assertEquals("Let me look.", failure.response().text());
        assertTrue(failure.getMessage().contains("by chat"), failure.getMessage());
      }
      assertEquals(FinishReason.PAUSED, model.chat("hi").execute().finishReason());
    }
  }
}
