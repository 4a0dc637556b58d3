package dev.tandem.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The host's own Node.js, with the packages that a folder's lock file names. */
final class Node {
    private static final int MINUTES = 5;

    private final Path folder;

    private Node(Path folder) {
        this.folder = folder;
    }

    /**
     * Installs what the folder's {@code package-lock.json} says.
     *
     * @throws AssertionError saying what to install if there is no Node.js
     */
    static Node in(Path folder) throws IOException, InterruptedException {
        var node = new Node(folder);
        node.execute(List.of("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"));
        return node;
    }

    /**
     * @return what the script wrote to its standard output
     */
    String run(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return execute(command);
    }

    private String execute(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new AssertionError(
                    "No %s here. Install Node.js 20 or later with npm (Debian and Ubuntu: apt-get install nodejs npm)."
                            .formatted(command.getFirst()),
                    e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
