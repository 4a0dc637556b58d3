package dev.tandem.indexing;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option of commands that remove old generations. */
final class KeptGenerations {

    @Option(
            names = "--keep",
            defaultValue = "" + BuildOptions.DEFAULT_KEEP,
            paramLabel = "N",
            description =
                    "Keep the N newest generations, at least 1, and remove older ones that nobody"
                            + " reads (default: 2).")
    private int keep = BuildOptions.DEFAULT_KEEP;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /**
     * @throws ParameterException if it is out of range
     */
    int count() {
        if (keep < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--keep: got " + keep + ", expected 1 or more");
        }
        return keep;
    }
}
