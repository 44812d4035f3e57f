package dev.muster.samples.common;

import dev.muster.samples.common.AnswerBoard.State;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.GridLayout;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JProgressBar;
import javax.swing.SwingUtilities;
import javax.swing.Timer;
import javax.swing.WindowConstants;
import javax.swing.plaf.basic.BasicProgressBarUI;

/**
 * The window of {@code swing-answers}: a pane for each answer, a clock that shows that the window is
 * alive, and a button that cancels. Use it on Swing's thread only, except for {@link #awaitClosed}.
 */
public final class AnswersWindow {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.S");
  private static final int FRAME_MILLIS = 40;
  private static final int GAP = 10;
  private static final int COLUMNS = 5;

  private final AnswerBoard board;
  private final JFrame frame = new JFrame("Muster: ten answers at once");
  private final JLabel clock = new JLabel();
  private final JProgressBar progress = new JProgressBar();
  private final JButton cancel = new JButton("Cancel");
  private final List<AnswerPane> panes = new ArrayList<>();
  private final Timer timer = new Timer(FRAME_MILLIS, tick -> tick());
  private final CountDownLatch closed = new CountDownLatch(1);

  private long lastTick = System.nanoTime();
  private long longestGap;
  private int ticks;

  /**
   * Creates a window that shows {@code board}.
   *
   * @param onCancel runs when the button is pressed and when the window is closed
   */
  public AnswersWindow(AnswerBoard board, boolean closesItself, Runnable onCancel) {
    this.board = board;
    cancel.setName("cancel");
    cancel.addActionListener(pressed -> {
      cancel.setEnabled(false);
      onCancel.run();
    });
    progress.setMaximum(board.size());
    progress.setStringPainted(true);
    progress.setUI(new BasicProgressBarUI() {
      @Override
      protected Color getSelectionForeground() {
        return Color.BLACK;
      }

      @Override
      protected Color getSelectionBackground() {
        return Color.BLACK;
      }
    });
    progress.setForeground(new Color(0xa8d5b0));
    progress.setBackground(Color.WHITE);
    JPanel grid = new JPanel(new GridLayout(0, COLUMNS, GAP, GAP));
    for (int i = 0; i < board.size(); i++) {
      AnswerPane pane = new AnswerPane(board, i);
      panes.add(pane);
      grid.add(pane);
    }
    grid.setBorder(BorderFactory.createEmptyBorder(GAP, GAP, GAP, GAP));
    grid.setBackground(new Color(0xe8eaed));
    frame.add(header(), BorderLayout.NORTH);
    frame.add(grid, BorderLayout.CENTER);
    board.onChange(index -> show(index, closesItself));
    progress();
    frame.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
    frame.addWindowListener(new WindowAdapter() {
      @Override
      public void windowClosed(WindowEvent event) {
        timer.stop();
        onCancel.run();
        closed.countDown();
      }
    });
  }

  private JPanel header() {
    clock.setFont(new Font(Font.MONOSPACED, Font.BOLD, 18));
    clock.setPreferredSize(new Dimension(260, 30));
    JPanel buttons = new JPanel(new FlowLayout(FlowLayout.RIGHT, GAP, 0));
    JButton close = new JButton("Close");
    close.setName("close");
    close.addActionListener(pressed -> frame.dispose());
    buttons.add(cancel);
    buttons.add(close);
    JPanel header = new JPanel(new BorderLayout(2 * GAP, 0));
    header.setBorder(BorderFactory.createEmptyBorder(GAP, GAP, GAP, GAP));
    header.add(clock, BorderLayout.WEST);
    header.add(progress, BorderLayout.CENTER);
    header.add(buttons, BorderLayout.EAST);
    return header;
  }

  /** Shows the window. */
  public void open() {
    tick();
    frame.setSize(1240, 560);
    frame.setLocationRelativeTo(null);
    frame.setVisible(true);
    lastTick = System.nanoTime();
    timer.start();
  }

  private void show(int index, boolean closesItself) {
    panes.get(index).refresh();
    progress();
    if (ended() == board.size()) {
      cancel.setEnabled(false);
      if (closesItself) SwingUtilities.invokeLater(frame::dispose);
    }
  }

  private int ended() {
    return board.size() - board.count(State.WAITING) - board.count(State.WRITING);
  }

  private void progress() {
    progress.setValue(ended());
    progress.setString(board.count(State.WRITING) + " being written, " + board.count(State.DONE)
        + " done, " + board.count(State.CANCELLED) + " cancelled, " + board.tokens() + " tokens");
  }

  private void tick() {
    long now = System.nanoTime();
    if (ticks > 0) longestGap = Math.max(longestGap, now - lastTick);
    lastTick = now;
    ticks++;
    clock.setText(CLOCK.format(LocalTime.now()) + "  #" + ticks);
  }

  /** Says if the window stayed alive: how often its clock ticked, and the longest pause. */
  public String liveliness() {
    return "The clock ticked " + ticks + " times, its longest pause was " + longestGap / 1_000_000
        + " ms";
  }

  /** Waits until the user has closed the window. Call it on a thread other than Swing's. */
  public void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      SwingUtilities.invokeLater(frame::dispose);
    }
  }
}
