package dev.tandem.index;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.lucene.store.BufferedIndexInput;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NoLockFactory;

/**
 * Lucene's way to a folder on the mount. Files are read and never mapped, see {@link StorageFile}:
 * a page fault that stalls would hold up every thread of the process, and one that fails leaves
 * zeros where postings were, until the error is told of. A native executable could not map at all.
 */
final class StorageDirectory extends FSDirectory {

    StorageDirectory(Path folder) throws IOException {
        // A build holds the whole index by a lock of its own.
        super(folder, NoLockFactory.INSTANCE);
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
        ensureOpen();
        ensureCanRead(name);
        StorageFile file = StorageFile.open(getDirectory().resolve(name));
        return new Input(file, true, 0, file.length());
    }

    /** A part of a file. Clones and slices share the file with the one that closes it. */
    private static final class Input extends BufferedIndexInput {

        private final StorageFile file;
        private final long from;
        private final long length;
        private boolean owner;

        Input(StorageFile file, boolean owner, long from, long length) {
            super(file.path().toString());
            this.file = file;
            this.owner = owner;
            this.from = from;
            this.length = length;
        }

        @Override
        protected void readInternal(ByteBuffer into) throws IOException {
            if (getFilePointer() + into.remaining() > length) {
                throw new EOFException("read past the end of " + this);
            }
            file.readFully(into, from + getFilePointer());
        }

        @Override
        protected void seekInternal(long position) throws IOException {
            if (position > length) {
                throw new EOFException("seek past the end of " + this);
            }
        }

        @Override
        public IndexInput slice(String what, long offset, long bytes) throws IOException {
            if (offset < 0 || bytes < 0 || offset > length - bytes) {
                throw new EOFException(
                        "%s: %d bytes at %d of %d".formatted(this, bytes, offset, length));
            }
            return new Input(file, false, from + offset, bytes);
        }

        @Override
        public Input clone() {
            var clone = (Input) super.clone();
            clone.owner = false;
            return clone;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void close() throws IOException {
            if (owner) {
                file.close();
            }
        }
    }
}
