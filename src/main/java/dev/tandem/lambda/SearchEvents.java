package dev.tandem.lambda;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.SearchRequest;
import dev.tandem.edge.SearchService;
import dev.tandem.retrieval.Reloader;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.io.IOException;

/**
 * Reads events as strictly as the HTTP door reads bodies, and begins the search at once: Funqy
 * hides what a function throws in an exception of its own, but not what reading its event throws,
 * and a caller is to see the exception's class.
 */
@Singleton
class SearchEvents implements ObjectMapperCustomizer {

    private final Provider<SearchService> service;
    private final Provider<Reloader> reloader;

    SearchEvents(Provider<SearchService> service, Provider<Reloader> reloader) {
        this.service = service;
        this.reloader = reloader;
    }

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(
                new SimpleModule("search-event")
                        .addDeserializer(SearchEvent.class, new Reader(service, reloader)));
    }

    private static final class Reader extends JsonDeserializer<SearchEvent> {

        private static final byte[] NULL = {'n', 'u', 'l', 'l'};

        private final RequestReader strict = new RequestReader();
        private final Provider<SearchService> service;
        private final Provider<Reloader> reloader;

        Reader(Provider<SearchService> service, Provider<Reloader> reloader) {
            this.service = service;
            this.reloader = reloader;
        }

        @Override
        public SearchEvent deserialize(JsonParser event, DeserializationContext context)
                throws IOException {
            return begin(strict.read(event, SearchRequest.class));
        }

        /** Jackson does not call {@link #deserialize} for null. */
        @Override
        public SearchEvent getNullValue(DeserializationContext context) {
            return begin(strict.read(NULL, SearchRequest.class));
        }

        private SearchEvent begin(SearchRequest request) {
            // Between invocations Lambda freezes the thread that looks for new generations.
            reloader.get().lookIfDue();
            return new SearchEvent(service.get().search(request));
        }
    }
}
