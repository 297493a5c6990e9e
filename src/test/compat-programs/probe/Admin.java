package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.rocketmq.tools.command.MQAdminStartup;

/**
 * The official mqadmin, several commands in one process because each start of a JVM takes longer than
 * the command. Lines in: a command with its arguments, parted by blanks. Lines out: what the command
 * prints, then {@code END-OF-COMMAND} with the command's number on a line of its own.
 */
public class Admin {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    int commands = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      MQAdminStartup.main0(line.split(" "), null);
      System.out.println("\nEND-OF-COMMAND " + ++commands);
      System.out.flush();
    }
    System.exit(0);
  }
}
