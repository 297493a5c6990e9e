package probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/** What a program is told to do: lines of standard input, one command each. */
interface Commands {
  void run(String[] words) throws Exception;

  /** Runs one after the other, says {@code DONE} or {@code FAILED reason} to each; ends the process. */
  static void serve(Commands commands) throws IOException {
    System.out.println("STARTED");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        commands.run(line.split(" "));
        System.out.println("DONE");
      } catch (Exception e) {
        System.out.println("FAILED " + e);
      }
    }
    System.exit(0);
  }
}
