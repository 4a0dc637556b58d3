package dev.tandem.hub;

import dev.tandem.model.ModelException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** Says what went wrong with the hub, and what to do. */
final class HubErrors {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;

    private final HubAccess access;
    private final HubRepo repo;

    HubErrors(HubAccess access, HubRepo repo) {
        this.access = access;
        this.repo = repo;
    }

    /**
     * @param what was asked for, such as {@code the list of its files}
     */
    ModelException explained(String what, IOException e) {
        String told =
                e instanceof HubAnswerException answer
                        ? answered(what, answer)
                        : "%s: %s did not come from %s: %s. %s"
                                .formatted(repo, what, access.endpoint(), reason(e), advice(e));
        return new ModelException(told, e);
    }

    private String answered(String what, HubAnswerException e) {
        String got =
                "%s: %s: %s answers with %s. "
                        .formatted(repo, what, e.uri().getHost(), e.getMessage());
        if (!access.mayKnowToken(e.uri())) {
            return got + "That is where the hub keeps large files: run the same command again.";
        }
        return got + advice(e);
    }

    private String advice(HubAnswerException e) {
        if (e.code().equals("GatedRepo")) {
            return gated();
        }
        return switch (e.status()) {
            case UNAUTHORIZED -> access.token() == null ? hidden() : refusedToken();
            case FORBIDDEN ->
                    "The account of %s may not read it: ask its owner, or take a token with read access to it."
                            .formatted(HubAccess.TOKEN);
            case NOT_FOUND -> missing(e);
            case TOO_MANY ->
                    "Too many requests%s. Wait%s, or set %s, with which more are allowed; then run the same command again, which goes on where this one ended."
                            .formatted(
                                    access.token() == null ? " without a token" : "",
                                    e.retryAfter().isZero()
                                            ? " some minutes"
                                            : " " + e.retryAfter().toSeconds() + " s",
                                    HubAccess.TOKEN);
            default -> "Run the same command again later: it goes on where this one ended.";
        };
    }

    private String gated() {
        String terms = "Accept its terms at %s/%s".formatted(access.endpoint(), repo.id());
        return access.token() == null
                ? "It is gated. %s, and set %s to a token of the account that did."
                        .formatted(terms, HubAccess.TOKEN)
                : "It is gated, and the account of %s has no access. %s with that account, and wait if its owner decides."
                        .formatted(HubAccess.TOKEN, terms);
    }

    private static String hidden() {
        return "There is no public model of that name: compare it with its page, or set %s if it is private."
                .formatted(HubAccess.TOKEN);
    }

    private static String refusedToken() {
        return "The token in %s is not accepted, or may not see a model of that name: compare both with the hub's pages; for a public model, unset it."
                .formatted(HubAccess.TOKEN);
    }

    private String missing(HubAnswerException e) {
        return switch (e.code()) {
            case "RevisionNotFound" ->
                    "The model has no revision %s: leave --revision out for main, or name a branch, tag or commit."
                            .formatted(repo.revision());
            case "EntryNotFound" -> "It has no such file.";
            default ->
                    "There is no model of that name and revision%s."
                            .formatted(
                                    access.token() == null
                                            ? ", or it is private and needs " + HubAccess.TOKEN
                                            : " that this token may see");
        };
    }

    /** What happened, for people: the client's own exceptions of this kind have no message. */
    static String reason(IOException e) {
        Throwable cause = e.getCause();
        if (isUnresolved(e) || (cause != null && isUnresolved(cause))) {
            return "its name has no address";
        }
        if (e.getMessage() != null) {
            return e.getMessage();
        }
        return e instanceof ConnectException ? "it takes no connection" : "it ended the connection";
    }

    private static boolean isUnresolved(Throwable e) {
        return e instanceof UnresolvedAddressException
                || e instanceof UnknownHostException
                || (e instanceof ConnectException && isUnresolvedCause(e));
    }

    private static boolean isUnresolvedCause(Throwable e) {
        return e.getCause() != null && isUnresolved(e.getCause());
    }

    private static String advice(IOException e) {
        boolean unreachable =
                e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
        return unreachable || isUnresolved(e)
                ? "Is there a way to the internet? %s names another hub; a proxy is set with JAVA_TOOL_OPTIONS=-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT."
                        .formatted(HubAccess.ENDPOINT)
                : "Run the same command again: it goes on where this one ended.";
    }
}
