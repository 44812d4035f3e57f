package dev.muster.samples.common;

import dev.muster.samples.common.AnswerBoard.State;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Font;
import java.util.Locale;
import javax.swing.BorderFactory;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;

/** One answer: the question, the text as it arrives, and the state. */
final class AnswerPane extends JPanel {
  private static final long serialVersionUID = 1L;
  private static final int GAP = 8;

  private final transient AnswerBoard board;
  private final int index;
  private final JTextArea text = new JTextArea();
  private final JLabel status = new JLabel();

  AnswerPane(AnswerBoard board, int index) {
    super(new BorderLayout(0, GAP));
    this.board = board;
    this.index = index;
    setBackground(Color.WHITE);
    JLabel title = new JLabel(board.prompt(index));
    title.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    text.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
    text.setLineWrap(true);
    text.setWrapStyleWord(true);
    text.setEditable(false);
    JScrollPane scroll = new JScrollPane(text);
    scroll.setBorder(null);
    status.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    add(title, BorderLayout.NORTH);
    add(scroll, BorderLayout.CENTER);
    add(status, BorderLayout.SOUTH);
    refresh();
  }

  /** Shows the current state of the board. */
  void refresh() {
    State state = board.state(index);
    Color colour = colour(state);
    String answer = board.note(index).isEmpty() ? board.text(index) : board.note(index);
    // Append only what is new: the area has laid out the rest already.
    if (answer.startsWith(text.getText())) {
      text.append(answer.substring(text.getDocument().getLength()));
    } else {
      text.setText(answer);
    }
    text.setCaretPosition(text.getDocument().getLength());
    status.setText(state.name().toLowerCase(Locale.ROOT) + ", " + board.tokens(index) + " tokens");
    status.setForeground(colour);
    setBorder(BorderFactory.createCompoundBorder(
        BorderFactory.createMatteBorder(3, 0, 0, 0, colour),
        BorderFactory.createEmptyBorder(GAP, GAP, GAP, GAP)));
  }

  private static Color colour(State state) {
    return switch (state) {
      case WAITING -> new Color(0x8a8a8a);
      case WRITING -> new Color(0x1f6feb);
      case DONE -> new Color(0x1a7f37);
      case CANCELLED -> new Color(0xb35900);
      case FAILED -> new Color(0xc62828);
    };
  }
}
