package dev.tandem.bench;

import dev.tandem.index.Generation;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.PassageStore;

import io.github.jbellis.jvector.disk.MemorySegmentReader;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.vector.VectorizationProvider;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All vectors of an index and the collection each is from: the part of its passage's id before the
 * first slash.
 */
final class RealVectors {

    private final float[][] vectors;
    private final List<List<Integer>> collectionOf;
    private final Map<String, List<Integer>> collections;

    private RealVectors(
            float[][] vectors,
            List<List<Integer>> collectionOf,
            Map<String, List<Integer>> collections) {
        this.vectors = vectors;
        this.collectionOf = collectionOf;
        this.collections = collections;
    }

    static RealVectors read(Generation generation) throws IOException {
        float[][] vectors = vectors(generation);
        Map<String, List<Integer>> collections = new LinkedHashMap<>();
        List<List<Integer>> collectionOf = new ArrayList<>();
        try (var store = PassageStore.open(generation)) {
            for (int i = 0; i < vectors.length; i++) {
                String name = collection(store.passage(i).id());
                List<Integer> members = collections.computeIfAbsent(name, _ -> new ArrayList<>());
                members.add(i);
                collectionOf.add(members);
            }
        }
        return new RealVectors(vectors, collectionOf, collections);
    }

    int size() {
        return vectors.length;
    }

    int dimension() {
        return vectors[0].length;
    }

    /** Not a copy. */
    float[] vector(int ordinal) {
        return vectors[ordinal];
    }

    float[][] vectors() {
        return vectors;
    }

    /** Ordinals of the passages in the collection of this one. */
    List<Integer> neighbourhood(int ordinal) {
        return collectionOf.get(ordinal);
    }

    /** Number of vectors by collection. */
    Map<String, Integer> collections() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        collections.forEach((name, members) -> sizes.put(name, members.size()));
        return sizes;
    }

    private static String collection(String id) {
        int slash = id.indexOf('/');
        return slash < 0 ? "" : id.substring(0, slash);
    }

    private static float[][] vectors(Generation generation) throws IOException {
        var types = VectorizationProvider.getInstance().getVectorTypeSupport();
        try (var mapped = new MemorySegmentReader.Supplier(IndexLayout.graph(generation.folder()));
                var graph = OnDiskGraphIndex.load(mapped);
                var view = graph.getView()) {
            var vectors = new float[graph.size(0)][graph.getDimension()];
            var vector = types.createFloatVector(graph.getDimension());
            for (int i = 0; i < vectors.length; i++) {
                view.getVectorInto(i, vector, 0);
                for (int d = 0; d < vectors[i].length; d++) {
                    vectors[i][d] = vector.get(d);
                }
            }
            return vectors;
        }
    }
}
