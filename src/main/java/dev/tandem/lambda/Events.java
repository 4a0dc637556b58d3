package dev.tandem.lambda;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.SearchRequest;
import dev.tandem.model.SearchException;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads events as strictly as the HTTP door reads bodies, and begins the work at once: Funqy hides
 * what a function throws in an exception of its own, but not what reading its event throws, and a
 * caller is to see the exception's class.
 */
@Singleton
class Events implements ObjectMapperCustomizer {

    private final Provider<EventService> service;

    Events(Provider<EventService> service) {
        this.service = service;
    }

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(
                new SimpleModule("event").addDeserializer(Event.class, new Reader(service)));
    }

    private static final class Reader extends JsonDeserializer<Event> {

        private static final byte[] NULL = {'n', 'u', 'l', 'l'};

        private final RequestReader strict = new RequestReader();
        private final RequestReader ofOthers = RequestReader.ofOthers();
        private final Provider<EventService> service;

        Reader(Provider<EventService> service) {
            this.service = service;
        }

        @Override
        public Event deserialize(JsonParser event, DeserializationContext context)
                throws IOException {
            try {
                return new Event(begin(event, context).onFailure().transform(Failure::of));
            } catch (SearchException e) {
                throw Failure.of(e);
            }
        }

        /** Jackson does not call {@link #deserialize} for null. */
        @Override
        public Event getNullValue(DeserializationContext context) {
            try {
                throw new IllegalStateException(
                        "null was read as " + strict.read(NULL, SearchRequest.class));
            } catch (SearchException e) {
                throw Failure.of(e);
            }
        }

        private Uni<Object> begin(JsonParser event, DeserializationContext context)
                throws IOException {
            if (event.currentToken() != JsonToken.START_OBJECT) {
                return service.get().search(strict.read(event, SearchRequest.class));
            }
            event.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            // What kind of event it is shows in any of its fields.
            try (TokenBuffer all = strict.buffer(event, context)) {
                Set<String> fields = fields(all);
                try (JsonParser again = all.asParserOnFirstToken()) {
                    if (Envelope.isOne(fields)) {
                        return service.get().answer(ofOthers.read(again, Envelope.class));
                    }
                    if (Warm.isOne(fields)) {
                        strict.read(again, Warm.class);
                        return service.get().warm();
                    }
                    return service.get().search(strict.read(again, SearchRequest.class));
                }
            }
        }

        private static Set<String> fields(TokenBuffer object) throws IOException {
            Set<String> fields = new HashSet<>();
            try (JsonParser parser = object.asParserOnFirstToken()) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    fields.add(parser.currentName());
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
            return fields;
        }
    }
}
