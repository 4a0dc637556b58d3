package dev.tandem.indexing;

import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;

/** Every n-th vector of a file, as JVector wants to see vectors. */
final class VectorValues implements RandomAccessVectorValues {

    private static final VectorTypeSupport TYPES =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    private final VectorFile vectors;
    private final int step;

    private VectorValues(VectorFile vectors, int step) {
        this.vectors = vectors;
        this.step = step;
    }

    static VectorValues all(VectorFile vectors) {
        return new VectorValues(vectors, 1);
    }

    /** About {@code most} of the vectors, evenly spread. */
    static VectorValues sample(VectorFile vectors, int most) {
        return new VectorValues(vectors, Math.max(1, vectors.size() / most));
    }

    @Override
    public int size() {
        return (vectors.size() + step - 1) / step;
    }

    @Override
    public int dimension() {
        return vectors.dimension();
    }

    @Override
    public VectorFloat<?> getVector(int index) {
        float[] values = new float[vectors.dimension()];
        vectors.read(index * step, values);
        return TYPES.createFloatVector(values);
    }

    @Override
    public boolean isValueShared() {
        return false;
    }

    @Override
    public RandomAccessVectorValues copy() {
        return this;
    }
}
