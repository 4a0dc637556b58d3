package dev.tandem.bench;

/** One way of finding near vectors, as {@link SideBySide} compares them. Not thread-safe. */
interface Searcher extends AutoCloseable {

    String name();

    /**
     * @param effort what this searcher trades time for recall with; at least {@code k}, and more
     *     finds no fewer
     * @return ordinals of {@code k} vectors with a large dot product, in any order
     */
    int[] search(float[] query, int k, int effort);

    @Override
    void close();
}
