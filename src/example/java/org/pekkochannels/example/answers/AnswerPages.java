package org.pekkochannels.example.answers;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.entity;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.onSuccess;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.redirectToTrailingSlashIfMissing;
import static org.apache.pekko.http.javadsl.server.Directives.reject;
import static org.apache.pekko.http.javadsl.server.PathMatchers.uuidSegment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Location;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.database.Database;
import org.pekkochannels.example.JsonApi;
import org.pekkochannels.example.Pages;

/**
 * The answers' pages and their API: {@code /answers/} is the form for a question, {@code /answers/<id>/} is one answer, {@code GET
 * /answers/latest} is a list as JSON, and {@code POST /answers} asks a question. It starts the writer of this process. Thread-safe.
 */
public final class AnswerPages {
    private static final int LISTED = 12;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Database database;
    private final String name;
    private final ActorRef<AnswerWriter.Command> writer;

    /**
     * The pages of one actor system.
     *
     * @param system the actor system, in which the writer starts
     */
    public AnswerPages(ActorSystem<?> system) {
        database = Database.get(system);
        // Processes on two machines may have the same id.
        name = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
        writer = system.systemActorOf(AnswerWriter.create(name), "answer-writer", Props.empty());
    }

    /**
     * The pages and the API.
     *
     * @return the route, which rejects all other paths
     */
    public Route route() {
        return pathPrefix(
                "answers",
                () -> concat(
                        pathEnd(() -> post(() -> entity(JsonApi.TEXT, this::ask))),
                        get(() -> path("latest", this::latest)),
                        get(() -> redirectToTrailingSlashIfMissing(
                                StatusCodes.MOVED_PERMANENTLY,
                                () -> concat(
                                        pathSingleSlash(() -> page("answers.html", "")),
                                        path(uuidSegment().slash(), this::answer))))));
    }

    private static Route page(String file, String id) {
        return Pages.page(file, Map.of("id", id, "max-question", String.valueOf(Question.MAX_LENGTH)));
    }

    private Route answer(UUID id) {
        return onSuccess(
                database.withHandle(handle -> Answers.find(handle, id.toString())),
                found -> found.map(answer -> page("answer.html", answer.id())).orElseGet(() -> reject()));
    }

    private Route latest() {
        return onSuccess(
                database.withHandle(handle -> Answers.latest(handle, LISTED)),
                answers -> complete(JsonApi.response(StatusCodes.OK, answers)));
    }

    private Route ask(String text) {
        Question question;
        try {
            question = JSON.readValue(text, Question.class);
        } catch (JsonProcessingException e) {
            return complete(JsonApi.badRequest(e, "{\"question\": \"Why?\"}"));
        }
        if (question == null) { // the JSON null
            return complete(JsonApi.badRequest("a question needs some text"));
        }
        return onSuccess(database.inTransaction(handle -> Answers.ask(handle, question.question(), name)), this::asked);
    }

    private Route asked(String id) {
        writer.tell(new AnswerWriter.Begin(id));
        return complete(JsonApi.response(StatusCodes.CREATED, Map.of("id", id))
                .addHeader(Location.create("/answers/" + id + "/")));
    }
}
