package dev.tandem.hub;

/** Is told how a pull goes; by one thread. */
public interface PullProgress {

    /**
     * A file begins, or goes on.
     *
     * @param size bytes of all of it
     */
    void begins(String path, long size);

    /**
     * @param bytes of the file that are here, those of earlier tries included
     */
    void at(long bytes);

    /** The file is here, and is the one that it should be. */
    void ends();

    /** Something that is worth a line: what failed and is tried again. */
    void says(String line);
}
