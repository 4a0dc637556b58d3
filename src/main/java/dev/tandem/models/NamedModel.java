package dev.tandem.models;

import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The model that a command is about: a folder, or the name of one in the models folder. */
final class NamedModel {

    @Parameters(
            index = "0",
            paramLabel = "DIR",
            description = "A model's folder, or its name in the models folder.")
    private Path folder = Path.of("");

    /**
     * @throws dev.tandem.model.ModelException if there is none, or a file of it is missing or is
     *     not the one that its card describes
     */
    ModelFolder open(ModelsConfig models) {
        return ModelFolder.open(models.dir(), path().toString());
    }

    /**
     * What was named, if it is a folder from where the user is; a name in the models folder else.
     */
    private Path path() {
        return Files.isDirectory(folder) ? folder.toAbsolutePath().normalize() : folder;
    }
}
