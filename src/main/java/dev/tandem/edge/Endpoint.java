package dev.tandem.edge;

import io.smallrye.mutiny.Uni;
import java.util.Set;

/** What answers at some paths, with the shapes that its callers know. */
public interface Endpoint {

    /** Such as {@code /v1/search}. */
    Set<String> paths();

    /** Of HTTP, in upper case. */
    default Set<String> methods() {
        return Set.of("POST");
    }

    /**
     * May throw what it may also fail with.
     *
     * @throws dev.tandem.model.SearchException if the call cannot be answered
     */
    Uni<Reply> answer(Call call);

    /** An error in the shape that callers of the path know. */
    Reply refusal(Problem problem);
}
